import { describe, expect, it } from 'vitest';
import { FLAGS, isRenderFlag } from '../../../src/cli/flags.ts';
import { shownFlags } from '../../../src/cli/shown-flags.ts';

/** What kube-proxy 1.36.2 shows of itself without any flag. */
const UNGIVEN = {
  'bind-address': '0.0.0.0',
  'bind-address-hard-fail': 'false',
  cleanup: 'false',
  'cluster-cidr': '',
  'config-sync-period': '15m0s',
  'conntrack-max-per-core': '32768',
  'conntrack-min': '131072',
  'conntrack-tcp-timeout-close-wait': '1h0m0s',
  'conntrack-tcp-timeout-established': '24h0m0s',
  'conntrack-udp-timeout': '0s',
  'detect-local-mode': '',
  'feature-gates': '',
  'healthz-bind-address': '0.0.0.0:10256',
  'healthz-port': '10256',
  'hostname-override': '',
  'iptables-localhost-nodeports': 'true',
  'iptables-masquerade-bit': '14',
  'iptables-min-sync-period': '1s',
  'iptables-sync-period': '30s',
  'ipvs-exclude-cidrs': '[]',
  'ipvs-min-sync-period': '1s',
  'ipvs-tcp-timeout': '0s',
  'kube-api-burst': '10',
  'kube-api-content-type': 'application/vnd.kubernetes.protobuf',
  'kube-api-qps': '5',
  'log-flush-frequency': '5s',
  'log-json-info-buffer-size': '0',
  'logging-format': 'text',
  'masquerade-all': 'false',
  master: '',
  'metrics-bind-address': '127.0.0.1:10249',
  'metrics-port': '10249',
  'nodeport-addresses': '[]',
  'oom-score-adj': '-999',
  profiling: 'false',
  'proxy-mode': '',
  v: '0',
  version: 'false',
  vmodule: '',
};

describe('shownFlags', () => {
  it('shows the defaults that kube-proxy shows', () => {
    expect(Object.fromEntries(shownFlags(new Map()))).toMatchObject(UNGIVEN);
  });

  it('shows all flags of kube-proxy in their order, and none of sluice alone', () => {
    const names = FLAGS.map(({ name }) => name).filter(name => !isRenderFlag(name));
    expect([...shownFlags(new Map()).keys()]).toEqual(names.toSorted());
    expect(names).not.toContain('dry-run');
  });

  it.each([
    { flag: 'v', texts: ['2', '4'], shown: '4' },
    { flag: 'masquerade-all', texts: ['1'], shown: 'true' },
    { flag: 'iptables-sync-period', texts: ['90s'], shown: '1m30s' },
    { flag: 'nodeport-addresses', texts: ['10.0.0.0/8,fd00::/8', 'primary'], shown: '[10.0.0.0/8,fd00::/8,primary]' },
    { flag: 'config', texts: ['/etc/kube-proxy.yaml'], shown: '/etc/kube-proxy.yaml' },
    { flag: 'feature-gates', texts: ['A=true'], shown: 'A=true' },
    { flag: 'conntrack-min', texts: ['+7'], shown: '7' },
  ])('shows --$flag as pflag prints it: $shown', ({ flag, texts, shown }) => {
    expect(shownFlags(new Map([[flag, texts]])).get(flag)).toBe(shown);
  });
});
