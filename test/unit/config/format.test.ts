import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { toConfigz, toV1alpha1, toYaml } from '../../../src/config/format.ts';
import { resolveConfiguration } from '../../../src/config/resolve.ts';

const HEAD = 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n';
const resolve = (body: string) => resolveConfiguration(new Map(), HEAD + body).configuration;

const FULL = `mode: ipvs
featureGates: {MultiCIDRServiceAllocator: true}
clientConnection: {kubeconfig: /k, acceptContentTypes: abc, contentType: application/json, qps: 7, burst: 100}
logging: {format: text, flushFrequency: 1s, verbosity: 4, vmodule: [{filePattern: a, verbosity: 2}]}
hostnameOverride: "on"
bindAddress: fd00::1
healthzBindAddress: 1.2.3.4:12345
metricsBindAddress: "[fd00:2::5]:23456"
bindAddressHardFail: true
enableProfiling: true
showHiddenMetricsForVersion: "1.35"
iptables: {masqueradeAll: true, masqueradeBit: 17, minSyncPeriod: 10s, syncPeriod: 60s, localhostNodePorts: false}
ipvs: {minSyncPeriod: 10s, syncPeriod: 60s, excludeCIDRs: [10.20.0.0/16], scheduler: lc, strictARP: true, tcpTimeout: 1s, tcpFinTimeout: 2s, udpTimeout: 3s}
nftables: {masqueradeAll: true, masqueradeBit: 18, minSyncPeriod: 10s, syncPeriod: 60s}
winkernel: {networkName: net, sourceVip: 1.1.1.1, enableDSR: true, rootHnsEndpointName: r, forwardHealthCheckVip: true}
detectLocalMode: BridgeInterface
detectLocal: {bridgeInterface: cbr0, interfaceNamePrefix: veth}
clusterCIDR: 1.2.3.0/24
nodePortAddresses: [10.20.0.0/16]
oomScoreAdj: 17
conntrack: {maxPerCore: 2, min: 1, tcpCloseWaitTimeout: 10s, tcpEstablishedTimeout: 20s, tcpBeLiberal: true, udpTimeout: 30s, udpStreamTimeout: 40s}
configSyncPeriod: 15s
portRange: 2-7
windowsRunAsService: true
sluice: {syncQuietPeriod: 1ms, syncMaxDelay: 2ms, verifyPeriod: 3m, runtimeDirectory: /tmp, nftPath: /nft}
`;

describe('toConfigz', () => {
  it('shows all fields, as kube-proxy does, under the name of the group', () => {
    expect(toConfigz(resolve('mode: nftables\nnftables: {masqueradeAll: true, syncPeriod: 7s}'))).toEqual({
      'kubeproxy.config.k8s.io': {
        kind: 'KubeProxyConfiguration',
        apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
        clientConnection: {
          kubeconfig: '',
          acceptContentTypes: '',
          contentType: 'application/vnd.kubernetes.protobuf',
          qps: 5,
          burst: 10,
        },
        logging: {
          format: 'text',
          flushFrequency: '5s',
          verbosity: 0,
          options: { text: { infoBufferSize: '0' }, json: { infoBufferSize: '0' } },
        },
        hostnameOverride: '',
        bindAddress: '0.0.0.0',
        healthzBindAddress: '0.0.0.0:10256',
        metricsBindAddress: '127.0.0.1:10249',
        bindAddressHardFail: false,
        enableProfiling: false,
        showHiddenMetricsForVersion: '',
        mode: 'nftables',
        iptables: {
          masqueradeBit: 14,
          masqueradeAll: false,
          localhostNodePorts: true,
          syncPeriod: '30s',
          minSyncPeriod: '1s',
        },
        ipvs: {
          syncPeriod: '30s',
          minSyncPeriod: '0s',
          scheduler: '',
          excludeCIDRs: null,
          strictARP: false,
          tcpTimeout: '0s',
          tcpFinTimeout: '0s',
          udpTimeout: '0s',
        },
        nftables: { masqueradeBit: 14, masqueradeAll: true, syncPeriod: '7s', minSyncPeriod: '1s' },
        winkernel: {
          networkName: '',
          sourceVip: '',
          enableDSR: false,
          rootHnsEndpointName: '',
          forwardHealthCheckVip: false,
        },
        detectLocalMode: 'ClusterCIDR',
        detectLocal: { bridgeInterface: '', interfaceNamePrefix: '' },
        clusterCIDR: '',
        nodePortAddresses: ['primary'],
        oomScoreAdj: -999,
        conntrack: {
          maxPerCore: 32_768,
          min: 131_072,
          tcpEstablishedTimeout: '24h0m0s',
          tcpCloseWaitTimeout: '1h0m0s',
          tcpBeLiberal: false,
          udpTimeout: '0s',
          udpStreamTimeout: '0s',
        },
        configSyncPeriod: '15m0s',
        portRange: '',
      },
    });
  });

  it('shows an address of a server that is turned off as empty, and no list as null', () => {
    const { configuration } = resolveConfiguration(
      new Map([
        ['healthz-port', ['0']],
        ['proxy-mode', ['ipvs']],
      ]),
      undefined,
    );
    expect(toV1alpha1(configuration)).toMatchObject({ healthzBindAddress: '', nodePortAddresses: null });
  });
});

describe('toYaml', () => {
  it.each([
    ['defaults', ''],
    ['mode iptables', 'mode: iptables'],
    ['mode nftables with a period that is set', 'mode: nftables\nnftables: {minSyncPeriod: 1s}'],
    ['everything', FULL],
  ])('%s: what is written means the same when it is read', (_name, body) => {
    const configuration = resolve(body);
    expect(resolveConfiguration(new Map(), toYaml(configuration)).configuration).toEqual(configuration);
  });

  it('is the file that everything was set in', () => {
    const written: unknown = parse(toYaml(resolve(FULL)));
    expect(written).toMatchObject({
      conntrack: { udpStreamTimeout: '40s', udpTimeout: '30s', tcpBeLiberal: true },
      logging: { vmodule: [{ filePattern: 'a', verbosity: 2 }] },
      featureGates: { MultiCIDRServiceAllocator: true },
      windowsRunAsService: true,
      sluice: {
        syncQuietPeriod: '1ms',
        syncMaxDelay: '2ms',
        verifyPeriod: '3m0s',
        runtimeDirectory: '/tmp',
        nftPath: '/nft',
      },
    });
  });

  it('has sluice only where it is not all defaults', () => {
    expect(toYaml(resolve(''))).not.toContain('sluice');
    expect(toYaml(resolve('sluice: {verifyPeriod: 1m}'))).toContain('sluice:\n');
  });

  it('quotes what Go would take for a boolean, and sorts keys', () => {
    const text = toYaml(resolve(FULL));
    expect(text).toMatch(/^hostnameOverride: "on"$/m);
    const keys = [...text.matchAll(/^\w+/gm)].map(([key]) => key);
    expect(keys).toEqual(keys.toSorted());
  });
});
