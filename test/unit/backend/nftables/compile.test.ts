import { describe, expect, it } from 'vitest';
import { sharedEntry } from '../../../../src/backend/nftables/claim.ts';
import { compileService } from '../../../../src/backend/nftables/compile.ts';
import type { Entry } from '../../../../src/backend/nftables/schema.ts';
import type { VirtualServer } from '../../../../src/plan/types.ts';
import { range, servicePlan, type PlanOptions } from '../../../support/plans.ts';

/** Entries as `container key : value`, claims apart. */
function entriesOf(options: PlanOptions, affinity: 'learnt' | 'hashed' = 'learnt'): Record<string, string[]> {
  const { claims, shared } = compileService(servicePlan('d/web', options), { affinity });
  const lines = (entries: readonly Entry[]): string[] =>
    entries.map(({ container, key, value }) => `${container} ${key}${value && ` : ${value}`}`);
  return {
    ...Object.fromEntries(claims.map(({ id, entries }) => [id, lines(entries)])),
    shared: lines(shared.map(sharedEntry)),
  };
}

const one = (virtualServer: Partial<VirtualServer>): PlanOptions => ({ virtualServers: [virtualServer] });
const vip = { address: '203.0.113.1', kind: 'ExternalIP' } as const;
const nodePort = { address: undefined, kind: 'NodePort', port: 30080 } as const;
const both = [
  'endpoints-tcp 0 . 203.0.113.1 . 80 : 10.244.1.2 . 8080',
  'endpoints-tcp 1 . 203.0.113.1 . 80 : 10.244.2.3 . 8080',
];
const shared = ['cluster-ips 10.96.0.1', 'hairpin 10.244.1.2 . 10.244.1.2 . tcp . 8080'];

const cases: { readonly name: string; readonly options: PlanOptions; readonly expected: Record<string, string[]> }[] = [
  {
    name: 'a ClusterIP',
    options: {},
    expected: {
      '10.96.0.1 . tcp . 80': [
        'endpoints-tcp 0 . 10.96.0.1 . 80 : 10.244.1.2 . 8080',
        'endpoints-tcp 1 . 10.96.0.1 . 80 : 10.244.2.3 . 8080',
        'services 10.96.0.1 . tcp . 80 : goto cluster-tcp-2',
      ],
      shared,
    },
  },
  {
    name: 'a ClusterIP under policy Local',
    options: one({ forward: 'local' }),
    expected: {
      '10.96.0.1 . tcp . 80': [
        'endpoints-tcp 65536 . 10.96.0.1 . 80 : 10.244.1.2 . 8080',
        'services 10.96.0.1 . tcp . 80 : goto internal-tcp-1',
      ],
      shared,
    },
  },
  {
    name: 'a ClusterIP without endpoints',
    options: { ...one({ forward: 'none', unavailable: 'reject' }), endpoints: [] },
    expected: {
      '10.96.0.1 . tcp . 80': ['unavailable 10.96.0.1 . tcp . 80 : goto reject-chain'],
      shared: ['cluster-ips 10.96.0.1'],
    },
  },
  {
    name: 'an external IP',
    options: one({ ...vip, masquerade: true }),
    expected: { '203.0.113.1 . tcp . 80': [...both, 'services 203.0.113.1 . tcp . 80 : goto external-tcp-2'], shared },
  },
  {
    name: 'an external IP under policy Local',
    options: one({ ...vip, forward: 'local' }),
    expected: {
      '203.0.113.1 . tcp . 80': [
        ...both,
        'endpoints-tcp 65536 . 203.0.113.1 . 80 : 10.244.1.2 . 8080',
        'services 203.0.113.1 . tcp . 80 : goto local-tcp-2-1',
      ],
      shared,
    },
  },
  {
    name: 'short cuts only: policy Local, all endpoints elsewhere',
    options: { ...one({ ...vip, forward: 'local', unavailable: 'drop' }), endpoints: ['10.244.2.3:8080'] },
    expected: {
      '203.0.113.1 . tcp . 80': [
        'endpoints-tcp 0 . 203.0.113.1 . 80 : 10.244.2.3 . 8080',
        'services 203.0.113.1 . tcp . 80 : goto local-tcp-1-0',
        'unavailable 203.0.113.1 . tcp . 80 : drop',
      ],
      shared: ['cluster-ips 10.96.0.1'],
    },
  },
  {
    name: 'a NodePort, UDP',
    options: { ...one({ ...nodePort, masquerade: true }), protocol: 'UDP' },
    expected: {
      'udp . 30080': [
        'nodeport-endpoints-udp 0 . 30080 : 10.244.1.2 . 8080',
        'nodeport-endpoints-udp 1 . 30080 : 10.244.2.3 . 8080',
        'nodeports udp . 30080 : goto nodeport-external-udp-2',
      ],
      shared: ['cluster-ips 10.96.0.1', 'hairpin 10.244.1.2 . 10.244.1.2 . udp . 8080'],
    },
  },
  {
    name: 'a NodePort without endpoints',
    options: { ...one({ ...nodePort, forward: 'none', unavailable: 'reject' }), endpoints: [] },
    expected: {
      'tcp . 30080': ['unavailable-nodeports tcp . 30080 : goto reject-chain'],
      shared: ['cluster-ips 10.96.0.1'],
    },
  },
  {
    name: 'source ranges, with and without endpoints',
    options: {
      ...one({
        ...vip,
        forward: 'none',
        unavailable: 'drop',
        sourceRanges: [range('10.0.0.0/8'), range('192.168.1.1/32')],
      }),
      endpoints: [],
    },
    expected: {
      '203.0.113.1 . tcp . 80': [
        'unavailable 203.0.113.1 . tcp . 80 : drop',
        'firewalled 203.0.113.1 . tcp . 80',
        'source-ranges 203.0.113.1 . tcp . 80 . 10.0.0.0/8',
        'source-ranges 203.0.113.1 . tcp . 80 . 192.168.1.1',
      ],
      shared: ['cluster-ips 10.96.0.1'],
    },
  },
  {
    name: 'IPv6, SCTP',
    options: { family: 'ipv6', protocol: 'SCTP', endpoints: ['[fd00:10:244::2]:9*'] },
    expected: {
      'fd00:10:96::1 . sctp . 80': [
        'endpoints-sctp 0 . fd00:10:96::1 . 80 : fd00:10:244::2 . 9',
        'services fd00:10:96::1 . sctp . 80 : goto cluster-sctp-1',
      ],
      shared: ['cluster-ips fd00:10:96::1', 'hairpin fd00:10:244::2 . fd00:10:244::2 . sctp . 9'],
    },
  },
];

describe('compileService', () => {
  it.each(cases)('$name', ({ options, expected }) => {
    expect(entriesOf(options)).toEqual(expected);
  });
});
