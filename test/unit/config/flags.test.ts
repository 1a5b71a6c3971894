import { describe, expect, it } from 'vitest';
import { defaultDraft } from '../../../src/config/decode.ts';
import { CONFIGURATION_FLAGS } from '../../../src/config/flags.ts';
import { FlagValueError } from '../../../src/config/flag-values.ts';

interface Row {
  readonly flag: string;
  readonly text: string;
  /** As an operator would write it in the file. */
  readonly field: string;
  /** Where the draft has it, if it is not called the same. */
  readonly at?: string;
  readonly value: unknown;
  readonly mode?: string;
}

const row = (flag: string, text: string, field: string, value: unknown, more: Partial<Row> = {}): Row => ({
  flag,
  text,
  field,
  value,
  ...more,
});
const ms = (flag: string, field: string, more: Partial<Row> = {}): Row =>
  row(flag, '1m30s', field, 90_000, { at: `${field}Ms`, ...more });

/** The whole of reference: which flag lands in which field. */
const ROWS: readonly Row[] = [
  row('proxy-mode', 'ipvs', 'mode', 'ipvs'),
  row('detect-local-mode', 'NodeCIDR', 'detectLocalMode', 'NodeCIDR'),
  row('cluster-cidr', '10.0.0.0/8,fd00::/48', 'clusterCIDR', '10.0.0.0/8,fd00::/48'),
  row('pod-bridge-interface', 'cni0', 'detectLocal.bridgeInterface', 'cni0'),
  row('pod-interface-name-prefix', 'veth', 'detectLocal.interfaceNamePrefix', 'veth'),
  row('nodeport-addresses', '10.0.0.0/8,fd00::/48', 'nodePortAddresses', ['10.0.0.0/8', 'fd00::/48']),
  row('masquerade-all', 'true', 'nftables.masqueradeAll', true),
  row('masquerade-all', 'true', 'nftables.masqueradeAll', true, { mode: 'nftables' }),
  row('masquerade-all', 'true', 'iptables.masqueradeAll', true, { mode: 'iptables' }),
  row('masquerade-all', 'true', 'iptables.masqueradeAll', true, { mode: 'ipvs' }),
  row('iptables-masquerade-bit', '5', 'iptables.masqueradeBit', 5),
  row('iptables-localhost-nodeports', 'false', 'iptables.localhostNodePorts', false),
  ms('iptables-sync-period', 'nftables.syncPeriod'),
  ms('iptables-sync-period', 'nftables.syncPeriod', { mode: 'nftables' }),
  ms('iptables-sync-period', 'iptables.syncPeriod', { mode: 'iptables' }),
  ms('iptables-min-sync-period', 'nftables.minSyncPeriod'),
  ms('iptables-min-sync-period', 'iptables.minSyncPeriod', { mode: 'iptables' }),
  row('hostname-override', ' Node-A ', 'hostnameOverride', 'node-a'),
  row('bind-address', '10.0.0.1', 'bindAddress', '10.0.0.1'),
  row('kubeconfig', '/k', 'clientConnection.kubeconfig', '/k'),
  row('kube-api-content-type', 'application/json', 'clientConnection.contentType', 'application/json'),
  row('kube-api-qps', '7.5', 'clientConnection.qps', 7.5),
  row('kube-api-burst', '20', 'clientConnection.burst', 20),
  ms('config-sync-period', 'configSyncPeriod'),
  row('feature-gates', 'A=true,B=false', 'featureGates', { A: true, B: false }),
  row('conntrack-max-per-core', '1', 'conntrack.maxPerCore', 1),
  row('conntrack-min', '2', 'conntrack.min', 2),
  ms('conntrack-tcp-timeout-established', 'conntrack.tcpEstablishedTimeout'),
  ms('conntrack-tcp-timeout-close-wait', 'conntrack.tcpCloseWaitTimeout'),
  row('conntrack-tcp-be-liberal', 'true', 'conntrack.tcpBeLiberal', true),
  ms('conntrack-udp-timeout', 'conntrack.udpTimeout'),
  ms('conntrack-udp-timeout-stream', 'conntrack.udpStreamTimeout'),
  row('oom-score-adj', '-7', 'oomScoreAdj', -7),
  row('proxy-port-range', '1-2', 'portRange', '1-2'),
  row('healthz-bind-address', '1.2.3.4:5', 'healthzBindAddress', '1.2.3.4:5'),
  row('metrics-bind-address', '1.2.3.4:5', 'metricsBindAddress', '1.2.3.4:5'),
  row('healthz-port', '0', 'healthzBindAddress', undefined),
  row('metrics-port', '0', 'metricsBindAddress', ''),
  row('bind-address-hard-fail', 'true', 'bindAddressHardFail', true),
  row('profiling', 'true', 'enableProfiling', true),
  row('show-hidden-metrics-for-version', '1.35', 'showHiddenMetricsForVersion', '1.35'),
  ms('ipvs-sync-period', 'ipvs.syncPeriod', { mode: 'ipvs' }),
  ms('ipvs-min-sync-period', 'ipvs.minSyncPeriod', { mode: 'ipvs' }),
  row('ipvs-scheduler', 'lc', 'ipvs.scheduler', 'lc'),
  row('ipvs-exclude-cidrs', '10.0.0.0/8', 'ipvs.excludeCIDRs', ['10.0.0.0/8']),
  row('ipvs-strict-arp', 'true', 'ipvs.strictARP', true),
  ms('ipvs-tcp-timeout', 'ipvs.tcpTimeout'),
  ms('ipvs-tcpfin-timeout', 'ipvs.tcpFinTimeout'),
  ms('ipvs-udp-timeout', 'ipvs.udpTimeout'),
  row('v', '4', 'logging.verbosity', 4),
  row('vmodule', 'a=1,b*=2', 'logging.vmodule', [
    { filePattern: 'a', verbosity: 1 },
    { filePattern: 'b*', verbosity: 2 },
  ]),
  row('logging-format', 'json', 'logging.format', 'json'),
  ms('log-flush-frequency', 'logging.flushFrequency'),
  row('log-json-split-stream', 'true', 'logging.options.json.splitStream', true),
  row('log-json-info-buffer-size', '1Ki', 'logging.options.json.infoBufferSize', '1Ki'),
  row('log-text-split-stream', 'true', 'logging.options.text.splitStream', true),
  row('log-text-info-buffer-size', '1Ki', 'logging.options.text.infoBufferSize', '1Ki'),
];

const flagNamed = (name: string) => CONFIGURATION_FLAGS.find(flag => flag.name === name);

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** All that differs from the defaults, by path. */
function changes(before: unknown, after: unknown, path = ''): Record<string, unknown> {
  if (!isPlain(before) || !isPlain(after) || path === 'featureGates') {
    return JSON.stringify(before) === JSON.stringify(after) ? {} : { [path]: after };
  }
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return Object.assign({}, ...keys.map(key => changes(before[key], after[key], path === '' ? key : `${path}.${key}`)));
}

describe('CONFIGURATION_FLAGS', () => {
  it.each(ROWS)(
    '--$flag lands in $field (mode "$mode"), and nowhere else',
    ({ flag, text, field, at, value, mode = '' }) => {
      const draft = { ...defaultDraft(), mode };
      const before = structuredClone(draft);
      flagNamed(flag)?.apply(draft, [text]);
      expect(changes(before, draft)).toEqual({ [at ?? field]: value });
      expect(flagNamed(flag)?.fields).toContain(field);
    },
  );

  it('are all in the table above', () => {
    expect(new Set(ROWS.map(({ flag }) => flag))).toEqual(new Set(CONFIGURATION_FLAGS.map(({ name }) => name)));
  });

  it.each([
    ['iptables-sync-period', 'ipvs'],
    ['iptables-min-sync-period', 'ipvs'],
    ['ipvs-sync-period', ''],
    ['ipvs-min-sync-period', 'nftables'],
  ])('--%s does nothing in mode "%s"', (name, mode) => {
    const draft = { ...defaultDraft(), mode };
    flagNamed(name)?.apply(draft, ['1m']);
    expect(draft).toEqual({ ...defaultDraft(), mode });
  });

  it.each(['hostname-override', 'bind-address', 'healthz-bind-address', 'metrics-bind-address'])(
    '--%s= is as good as none',
    name => {
      const draft = defaultDraft();
      flagNamed(name)?.apply(draft, ['']);
      expect(draft).toEqual(defaultDraft());
    },
  );

  it('only the host name and logging win over the file', () => {
    const winners = CONFIGURATION_FLAGS.filter(({ winsOverFile }) => winsOverFile);
    expect(winners.map(({ name }) => name).filter(name => !/^(v|vmodule|log-.*|logging-.*)$/.test(name))).toEqual([
      'hostname-override',
    ]);
    expect(winners.flatMap(({ fields }) => fields).filter(field => !field.startsWith('logging.'))).toEqual([
      'hostnameOverride',
    ]);
  });

  it('the deprecated ports count where the address has none', () => {
    const draft = { ...defaultDraft(), healthzBindAddress: '1.2.3.4', metricsBindAddress: 'fd00::1' };
    flagNamed('healthz-port')?.apply(draft, ['12345']);
    flagNamed('metrics-port')?.apply(draft, ['23456']);
    expect(draft).toMatchObject({ healthzBindAddress: '1.2.3.4:12345', metricsBindAddress: '[fd00::1]:23456' });
    flagNamed('healthz-port')?.apply(draft, ['1']);
    expect(draft.healthzBindAddress).toBe('1.2.3.4:12345');
  });

  it('a text of the wrong kind is an error', () => {
    expect(() => flagNamed('oom-score-adj')?.apply(defaultDraft(), ['low'])).toThrow(FlagValueError);
  });
});
