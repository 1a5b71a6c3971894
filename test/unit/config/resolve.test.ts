import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../../src/config/problem.ts';
import { resolveConfiguration } from '../../../src/config/resolve.ts';

const HEAD = 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n';
const flags = (given: Record<string, string | readonly string[]>) =>
  new Map(Object.entries(given).map(([name, text]) => [name, typeof text === 'string' ? [text] : text]));
const withFlags = (given: Record<string, string | readonly string[]>) => resolveConfiguration(flags(given), undefined);
const withFile = (body: string, given: Record<string, string | readonly string[]> = {}) =>
  resolveConfiguration(flags(given), HEAD + body);

function problemsOf(resolve: () => unknown): readonly string[] {
  try {
    resolve();
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems.map(({ field }) => field);
    throw error;
  }
  return [];
}

describe('resolveConfiguration with a file', () => {
  it('ignores flags for the configuration, even wrong ones, and says so', () => {
    const wrong = {
      'proxy-mode': 'userspace',
      'masquerade-all': 'true',
      'cluster-cidr': 'nonsense',
      'detect-local-mode': 'Guess',
      'nodeport-addresses': '10.0.0.0/8',
      'oom-score-adj': '5000',
      'healthz-bind-address': '127.0.0.1:10299',
      'metrics-bind-address': '127.0.0.1:10298',
      'healthz-port': '0',
      'metrics-port': '0',
      'bind-address': '192.168.100.77',
      kubeconfig: '/does/not/exist',
      'conntrack-max-per-core': '-5',
      'config-sync-period': '-1s',
      'iptables-sync-period': '-1s',
      'iptables-masquerade-bit': '99',
      'feature-gates': 'NoSuchFeatureGate=true,MultiCIDRServiceAllocator=false',
    };
    const { configuration, warnings } = withFile('mode: nftables', wrong);
    expect(configuration).toEqual(withFile('mode: nftables').configuration);
    expect(warnings.map(({ field }) => field).toSorted()).toEqual(
      Object.keys(wrong)
        .map(name => `--${name}`)
        .toSorted(),
    );
  });

  it('takes logging from the file, and flags that are given go before it', () => {
    const file = 'logging: {format: json, verbosity: 10, flushFrequency: 1s}';
    expect(withFile(file).configuration.logging).toMatchObject({
      format: 'json',
      verbosity: 10,
      flushFrequencyMs: 1000,
    });
    expect(withFile(file, { v: '7' }).configuration.logging).toMatchObject({
      format: 'json',
      verbosity: 7,
      flushFrequencyMs: 1000,
    });
    const both = withFile('logging: {format: json, vmodule: [{filePattern: foo, verbosity: 6}]}', {
      'logging-format': 'text',
      vmodule: 'goo=8',
      'log-flush-frequency': '2s',
    });
    expect(both.configuration.logging).toMatchObject({
      format: 'text',
      flushFrequencyMs: 2000,
      vmodule: [
        { filePattern: 'goo', verbosity: 8 },
        { filePattern: 'foo', verbosity: 6 },
      ],
    });
    expect(both.warnings.map(({ field }) => field)).not.toContain('--vmodule');
  });

  it.each([
    ['the flag wins', 'foo', '  BAR ', 'bar'],
    ['an empty flag does not', 'foo', '', 'foo'],
    ['no flag at all', 'foo', undefined, 'foo'],
  ])('hostnameOverride: %s', (_name, inFile, flag, expected) => {
    const given = flag === undefined ? {} : { 'hostname-override': flag };
    expect(withFile(`hostnameOverride: ${inFile}`, given).configuration.hostnameOverride).toBe(expected);
  });

  it('a blank --hostname-override is an error that names the flag', () => {
    expect(problemsOf(() => withFile('hostnameOverride: foo', { 'hostname-override': '   ' }))).toEqual([
      '--hostname-override',
    ]);
  });

  it('tells of all that is wrong at once, wrong types and wrong values', () => {
    const body = 'mode: userspace\nbindAddress: 12\noomScoreAdj: 5000\nnftables: {syncPeriod: soon}\nclusterCIDR: pods';
    expect(problemsOf(() => withFile(body)).toSorted()).toEqual([
      'bindAddress',
      'clusterCIDR',
      'mode',
      'nftables.syncPeriod',
      'oomScoreAdj',
    ]);
  });

  it('the message has a line for each problem', () => {
    expect(() => withFile('mode: a\noomScoreAdj: 5000')).toThrow(
      'invalid configuration:\n  mode: "a" is not one of iptables, ipvs, nftables\n  oomScoreAdj: 5000 is not within the range [-1000, 1000]',
    );
    expect(() => withFile('mode: a')).toThrow(
      'invalid configuration: mode: "a" is not one of iptables, ipvs, nftables',
    );
  });

  it('is canonical where something is used', () => {
    const { configuration } = withFile(
      'clusterCIDR: 010.244.000.000/16,FD00:10:244:0::/48\nnodePortAddresses: [192.168.100.001/32]\nbindAddress: 000.000.000.000\n' +
        'healthzBindAddress: 000.0.0.0\nmetricsBindAddress: "[FD00::0]:80"\nipvs: {excludeCIDRs: [10.20.30.40/16]}',
    );
    expect(configuration).toMatchObject({
      clusterCIDR: '10.244.0.0/16,fd00:10:244::/48',
      nodePortAddresses: ['192.168.100.1/32'],
      bindAddress: '0.0.0.0',
      healthzBindAddress: '0.0.0.0:10256',
      metricsBindAddress: '[fd00::]:80',
      ipvs: { excludeCIDRs: ['10.20.0.0/16'] },
    });
  });

  it('is frozen at every depth', () => {
    const { configuration } = withFile('nodePortAddresses: [10.0.0.0/8]');
    for (const part of [
      configuration,
      configuration.nftables,
      configuration.nodePortAddresses,
      configuration.logging.options.json,
    ]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });

  it('passes on what decoding warns of', () => {
    expect(withFile('mode: nftables\nbindAddres: typing error').warnings).toEqual([
      { field: 'bindAddres', message: 'is unknown and left out' },
    ]);
  });
});

describe('resolveConfiguration with flags only', () => {
  it('is the same as with an otherwise empty file', () => {
    expect(withFlags({}).configuration).toEqual(withFile('').configuration);
  });

  it('puts in ports', () => {
    const { configuration } = withFlags({ 'healthz-bind-address': '1.2.3.4', 'metrics-bind-address': '::' });
    expect(configuration).toMatchObject({ healthzBindAddress: '1.2.3.4:10256', metricsBindAddress: '[::]:10249' });
  });

  it('--healthz-port=0 means no such server', () => {
    const { configuration, warnings } = withFlags({ 'healthz-port': '0' });
    expect(configuration.healthzBindAddress).toBeUndefined();
    expect(warnings.map(({ field }) => field)).toContain('--healthz-port');
  });

  it('--iptables-masquerade-bit does not move the bit of nftables', () => {
    const { configuration } = withFlags({ 'iptables-masquerade-bit': '3' });
    expect(configuration).toMatchObject({ iptables: { masqueradeBit: 3 }, nftables: { masqueradeBit: 14 } });
  });

  it('--proxy-port-range is taken, with a warning', () => {
    expect(
      withFlags({ 'proxy-mode': 'nftables', 'proxy-port-range': '1-2' }).warnings.map(({ field }) => field),
    ).toEqual(['--proxy-port-range']);
  });

  it('the mode counts for other flags, wherever it stands', () => {
    const { configuration } = withFlags({ 'masquerade-all': 'true', 'ipvs-sync-period': '7s', 'proxy-mode': 'ipvs' });
    expect(configuration).toMatchObject({
      iptables: { masqueradeAll: true },
      nftables: { masqueradeAll: false },
      ipvs: { syncPeriodMs: 7000 },
    });
  });

  const wrong: readonly (readonly [string, string, string?])[] = [
    ['proxy-mode', 'userspace'],
    ['proxy-mode', 'Nftables'],
    ['cluster-cidr', '10.244.0.0/16,10.245.0.0/16'],
    ['detect-local-mode', 'Guess'],
    ['detect-local-mode', 'BridgeInterface', 'detectLocal.bridgeInterface'],
    ['config-sync-period', '0s'],
    ['iptables-min-sync-period', '1m'],
    ['iptables-min-sync-period', '-1s'],
    ['oom-score-adj', '1001'],
    ['nodeport-addresses', 'primary,10.0.0.0/8'],
    ['nodeport-addresses', '10.0.0.0/8,'],
    ['conntrack-min', '-1'],
    ['iptables-masquerade-bit', '32'],
    ['healthz-bind-address', '0.0.0.0:0'],
    ['metrics-bind-address', 'nowhere'],
    ['metrics-port', '0'],
    ['logging-format', 'xml'],
    ['kube-api-burst', '-1'],
    ['bind-address', 'node-a'],
    ['feature-gates', 'MultiCIDRServiceAllocator=false'],
    ['hostname-override', ' '],
    ['proxy-port-range', 'some'],
  ];
  it.each(wrong.map(([flag, text, field]) => [flag, text, field ?? `--${flag}`] as const))(
    '--%s=%s is an error that names %s',
    (flag, text, field) => {
      expect(problemsOf(() => withFlags({ [flag]: text }))).toEqual([field]);
    },
  );

  it('a zero period by flag is an error, unlike in the file', () => {
    expect(problemsOf(() => withFlags({ 'iptables-sync-period': '0s' }))).toContain('--iptables-sync-period');
    expect(problemsOf(() => withFile('nftables: {syncPeriod: 0s}'))).toEqual([]);
  });

  it('a bad port of --healthz-port is an error', () => {
    expect(problemsOf(() => withFlags({ 'healthz-bind-address': '1.2.3.4', 'healthz-port': '65536' }))).toEqual([
      '--healthz-port',
    ]);
  });
});
