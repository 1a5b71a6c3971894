import { describe, expect, it } from 'vitest';
import { decodeConfiguration, defaultDraft } from '../../../src/config/decode.ts';

const HEAD = 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n';
const decode = (body: string) => decodeConfiguration(HEAD + body);

describe('decodeConfiguration', () => {
  it('an otherwise empty file has all defaults', () => {
    expect(decode('')).toEqual({ draft: defaultDraft(), problems: [], warnings: [] });
  });

  it('has the defaults of kube-proxy', () => {
    expect(defaultDraft()).toMatchObject({
      featureGates: {},
      clientConnection: { kubeconfig: '', contentType: 'application/vnd.kubernetes.protobuf', qps: 5, burst: 10 },
      logging: { format: 'text', flushFrequencyMs: 5000, verbosity: 0, vmodule: [] },
      bindAddress: '0.0.0.0',
      healthzBindAddress: '0.0.0.0:10256',
      metricsBindAddress: '127.0.0.1:10249',
      mode: '',
      iptables: {
        masqueradeBit: 14,
        masqueradeAll: false,
        localhostNodePorts: true,
        syncPeriodMs: 30_000,
        minSyncPeriodMs: undefined,
      },
      ipvs: {
        syncPeriodMs: 30_000,
        minSyncPeriodMs: undefined,
        scheduler: '',
        excludeCIDRs: [],
        strictARP: false,
        tcpTimeoutMs: 0,
      },
      nftables: { masqueradeBit: 14, masqueradeAll: false, syncPeriodMs: 30_000, minSyncPeriodMs: undefined },
      oomScoreAdj: -999,
      conntrack: {
        maxPerCore: 32_768,
        min: 131_072,
        tcpEstablishedTimeoutMs: 86_400_000,
        tcpCloseWaitTimeoutMs: 3_600_000,
        tcpBeLiberal: false,
        udpTimeoutMs: 0,
        udpStreamTimeoutMs: 0,
      },
      configSyncPeriodMs: 900_000,
      sluice: {
        syncQuietPeriodMs: 5,
        syncMaxDelayMs: 50,
        verifyPeriodMs: 900_000,
        runtimeDirectory: '/run/sluice',
        nftPath: 'nft',
      },
    });
  });

  const effects: readonly (readonly [string, string, object])[] = [
    [
      'null is unset',
      'oomScoreAdj:\nnftables: {masqueradeBit: null, masqueradeAll: null}\nconntrack: null',
      defaultDraft(),
    ],
    [
      'zero periods and counts are unset',
      'iptables: {syncPeriod: 0s, minSyncPeriod: 0s}\nnftables: {syncPeriod: 0s, minSyncPeriod: 0s}\nipvs: {syncPeriod: 0s}\nconfigSyncPeriod: 0s\nclientConnection: {qps: 0, burst: 0, contentType: ""}\nlogging: {flushFrequency: 0s, format: ""}',
      defaultDraft(),
    ],
    [
      'zero is a value elsewhere',
      'oomScoreAdj: 0\nconntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}\nnftables: {masqueradeBit: 0}',
      {
        oomScoreAdj: 0,
        conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeoutMs: 0, tcpCloseWaitTimeoutMs: 0 },
        nftables: { masqueradeBit: 0 },
      },
    ],
    [
      'durations',
      'nftables: {syncPeriod: 7s, minSyncPeriod: 100ms}\nconntrack: {udpStreamTimeout: 2m40s}',
      { nftables: { syncPeriodMs: 7000, minSyncPeriodMs: 100 }, conntrack: { udpStreamTimeoutMs: 160_000 } },
    ],
    ['a negative period is kept, to be refused', 'nftables: {syncPeriod: -1s}', { nftables: { syncPeriodMs: -1000 } }],
    ['flushFrequency in nanoseconds', 'logging: {flushFrequency: 1000000000}', { logging: { flushFrequencyMs: 1000 } }],
    [
      'ports are put in',
      'healthzBindAddress: 1.2.3.4\nmetricsBindAddress: fd00::1',
      { healthzBindAddress: '1.2.3.4:10256', metricsBindAddress: '[fd00::1]:10249' },
    ],
    [
      'an IPv6 bindAddress decides empty addresses',
      'bindAddress: "::"\nhealthzBindAddress: ""',
      { healthzBindAddress: '[::]:10256', metricsBindAddress: '[::1]:10249' },
    ],
    [
      'an IPv4 bindAddress with leading zeros does, too',
      'bindAddress: 010.0.0.1',
      { healthzBindAddress: '0.0.0.0:10256' },
    ],
    ['feature gates', 'featureGates: {Some: true, Other: no}', { featureGates: { Some: true, Other: false } }],
    [
      'logging',
      'logging: {format: json, verbosity: 4, vmodule: [{filePattern: a, verbosity: 2}], options: {json: {infoBufferSize: 1Ki}}}',
      {
        logging: {
          format: 'json',
          verbosity: 4,
          vmodule: [{ filePattern: 'a', verbosity: 2 }],
          options: { json: { infoBufferSize: '1Ki' } },
        },
      },
    ],
    [
      "sluice's own section",
      'sluice: {syncQuietPeriod: 0s, verifyPeriod: 1h, nftPath: /opt/nft}',
      { sluice: { syncQuietPeriodMs: 0, verifyPeriodMs: 3_600_000, nftPath: '/opt/nft' } },
    ],
    [
      "sluice's own fields of mode ipvs",
      'mode: ipvs\nipvs: {bridgeFallbackSNAT: true, weights: true, schedulerFlags: [sh-port], drainTimeout: 30s}',
      { ipvs: { bridgeFallbackSNAT: true, weights: true, schedulerFlags: ['sh-port'], drainTimeoutMs: 30_000 } },
    ],
    [
      'settings for Windows',
      'winkernel: {enableDSR: true, networkName: net}\nwindowsRunAsService: true',
      { winkernel: { enableDSR: true, networkName: 'net' }, windowsRunAsService: true },
    ],
  ];
  it.each(effects)('%s', (_name, body, expected) => {
    const { draft, problems, warnings } = decode(body);
    expect(draft).toMatchObject(expected);
    expect({ problems, warnings }).toEqual({ problems: [], warnings: [] });
  });

  it('what is unknown or doubled is a warning by its full path, and all else counts', () => {
    const { draft, problems, warnings } = decode(
      'fromTheFuture: 12\nnotYet: {invented: [this]}\nnftables: {masqueradeAll: true, flowtable: fast}\n' +
        'logging: {vmodule: [{filePattern: a, verbosity: 1, colour: red}]}\nsluice: {speed: 2}\noomScoreAdj: 1\noomScoreAdj: 2',
    );
    expect(warnings.map(({ field }) => field).toSorted()).toEqual([
      'fromTheFuture',
      'logging.vmodule[0].colour',
      'nftables.flowtable',
      'notYet',
      'oomScoreAdj',
      'sluice.speed',
    ]);
    expect(problems).toEqual([]);
    expect(draft).toMatchObject({
      nftables: { masqueradeAll: true },
      oomScoreAdj: 2,
      logging: { vmodule: [{ filePattern: 'a' }] },
    });
  });

  const wrongTypes: readonly (readonly [string, string])[] = [
    ['conntrack: {maxPerCore: many}', 'conntrack.maxPerCore'],
    ['conntrack: {min: 1.5}', 'conntrack.min'],
    ['conntrack: {min: 3000000000}', 'conntrack.min'],
    ['clusterCIDR: [10.244.0.0/16]', 'clusterCIDR'],
    ['nodePortAddresses: 10.0.0.0/8', 'nodePortAddresses'],
    ['nodePortAddresses: [10.0.0.0/8, 5]', 'nodePortAddresses[1]'],
    ['nftables: {syncPeriod: soon}', 'nftables.syncPeriod'],
    ['nftables: {syncPeriod: 30}', 'nftables.syncPeriod'],
    ['nftables: {masqueradeAll: yes please}', 'nftables.masqueradeAll'],
    ['nftables: "on"', 'nftables'],
    ['configSyncPeriod: "15"', 'configSyncPeriod'],
    ['bindAddress: 12', 'bindAddress'],
    ['featureGates: {MultiCIDRServiceAllocator: perhaps}', 'featureGates.MultiCIDRServiceAllocator'],
    ['logging: {verbosity: -1}', 'logging.verbosity'],
    ['logging: {vmodule: [{filePattern: 1}]}', 'logging.vmodule[0].filePattern'],
    ['logging: {flushFrequency: soon}', 'logging.flushFrequency'],
    ['sluice: {verifyPeriod: 15}', 'sluice.verifyPeriod'],
    ['ipvs: {bridgeFallbackSNAT: sometimes}', 'ipvs.bridgeFallbackSNAT'],
    ['ipvs: {weights: 3}', 'ipvs.weights'],
  ];
  it.each(wrongTypes)('%s is a problem', (body, field) => {
    expect(decode(body).problems.map(problem => problem.field)).toEqual([field]);
  });

  it('wrong types are collected, and the rest is decoded', () => {
    const { draft, problems } = decode(
      'bindAddress: 12\nmode: 5\noomScoreAdj: 7\nnftables: {syncPeriod: x, masqueradeBit: 3}',
    );
    expect(problems.map(({ field }) => field).toSorted()).toEqual(['bindAddress', 'mode', 'nftables.syncPeriod']);
    expect(draft).toMatchObject({ oomScoreAdj: 7, nftables: { masqueradeBit: 3, syncPeriodMs: 30_000 } });
  });

  it.each([
    ['nothing', '', 'the file is empty'],
    ['a remark', '# nothing', 'the file is empty'],
    ['---', '---', 'the file is empty'],
    ['words', 'just some words', 'no KubeProxyConfiguration'],
    ['a list', '[1]', 'no KubeProxyConfiguration'],
    ['no kind', 'apiVersion: kubeproxy.config.k8s.io/v1alpha1', 'kind: is missing'],
    ['another kind', `${HEAD}kind: KubeletConfiguration`, 'kind: is "KubeletConfiguration"'],
    ['no version', 'kind: KubeProxyConfiguration', 'apiVersion: is missing'],
    ['another version', `${HEAD}apiVersion: kubeproxy.config.k8s.io/v2`, 'apiVersion: is "kubeproxy.config.k8s.io/v2"'],
  ])('%s is no configuration', (_name, text, message) => {
    expect(() => decodeConfiguration(text)).toThrow(message);
  });
});
