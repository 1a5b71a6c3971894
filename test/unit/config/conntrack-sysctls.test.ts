import { describe, expect, it } from 'vitest';
import { conntrackMax, conntrackSysctls } from '../../../src/config/conntrack-sysctls.ts';
import { configuration } from '../../support/configuration.ts';

/** The section `conntrack`, in YAML's flow style. */
const conntrack = (fields: string) => configuration(`conntrack: ${fields}`);

describe('conntrackMax', () => {
  it.each<{ name: string; fields: string; cores: number; max: number | undefined }>([
    { name: 'by default, on one core', fields: '{}', cores: 1, max: 131_072 },
    { name: 'by default, on four cores', fields: '{}', cores: 4, max: 131_072 },
    { name: 'by default, on five', fields: '{}', cores: 5, max: 163_840 },
    { name: 'by default, on 32: the largest by scale', fields: '{}', cores: 32, max: 1_048_576 },
    { name: 'by default, on 33: no more than that', fields: '{}', cores: 33, max: 1_048_576 },
    { name: 'nothing per core: it is left as it is', fields: '{maxPerCore: 0, min: 1000}', cores: 4, max: undefined },
    { name: 'no minimum', fields: '{maxPerCore: 10, min: 0}', cores: 3, max: 30 },
    { name: 'a minimum above the largest scale', fields: '{maxPerCore: 10, min: 2000000}', cores: 1, max: 2_000_000 },
    {
      name: 'above the scale, whatever the minimum',
      fields: '{maxPerCore: 1048577, min: 2000000}',
      cores: 1,
      max: 1_048_576,
    },
  ])('$name', ({ fields, cores, max }) => {
    expect(conntrackMax(conntrack(fields), cores)).toBe(max);
  });
});

describe('conntrackSysctls', () => {
  const values = (fields: string): Record<string, number> =>
    Object.fromEntries(
      conntrackSysctls(conntrack(fields)).map(({ name, value }) => [
        name.replace('net/netfilter/nf_conntrack_', ''),
        value,
      ]),
    );

  const TIMEOUTS = 'tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s';
  it.each<{ name: string; fields: string; set: Record<string, number> }>([
    {
      name: "kube-proxy's defaults",
      fields: '{}',
      set: { tcp_timeout_established: 86_400, tcp_timeout_close_wait: 3600 },
    },
    { name: 'nothing', fields: `{${TIMEOUTS}}`, set: {} },
    {
      name: 'all',
      fields:
        '{tcpEstablishedTimeout: 1h, tcpCloseWaitTimeout: 90s, tcpBeLiberal: true, udpTimeout: 30s, udpStreamTimeout: 2m}',
      set: {
        tcp_timeout_established: 3600,
        tcp_timeout_close_wait: 90,
        tcp_be_liberal: 1,
        udp_timeout: 30,
        udp_timeout_stream: 120,
      },
    },
    { name: 'liberal is never set back', fields: `{${TIMEOUTS}, tcpBeLiberal: false}`, set: {} },
    { name: 'whole seconds only', fields: `{${TIMEOUTS}, udpTimeout: 1999ms}`, set: { udp_timeout: 1 } },
  ])('$name', ({ fields, set }) => {
    expect(values(fields)).toEqual(set);
  });
});
