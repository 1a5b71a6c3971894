import { describe, expect, it } from 'vitest';
import { applyModeDefaults } from '../../../src/config/complete.ts';
import { decodeConfiguration } from '../../../src/config/decode.ts';
import { validate } from '../../../src/config/validate.ts';

const HEAD = 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n';

function fieldsWrongIn(body: string): readonly string[] {
  const { draft, problems } = decodeConfiguration(HEAD + body);
  expect(problems).toEqual([]);
  applyModeDefaults(draft, () => undefined);
  return validate(draft).map(({ field }) => field);
}

describe('validate', () => {
  const wrong: readonly (readonly [string, string])[] = [
    ['mode: userspace', 'mode'],
    ['mode: NFTables', 'mode'],
    ['mode: nftable', 'mode'],
    ['mode: kernelspace', 'mode'],
    ['bindAddress: node-a', 'bindAddress'],
    ['bindAddress: 10.10.12.11:2000', 'bindAddress'],
    ['healthzBindAddress: localhost:10256', 'healthzBindAddress'],
    ['healthzBindAddress: 0.0.0.0:0', 'healthzBindAddress'],
    ['metricsBindAddress: 127.0.0.256:10249', 'metricsBindAddress'],
    ['metricsBindAddress: :10249', 'metricsBindAddress'],
    ['hostnameOverride: "  "', 'hostnameOverride'],
    ['featureGates: {MultiCIDRServiceAllocator: false}', 'featureGates.MultiCIDRServiceAllocator'],
    ['clientConnection: {burst: -1}', 'clientConnection.burst'],
    ['logging: {format: xml}', 'logging.format'],
    ['logging: {verbosity: 4294967295}', 'logging.verbosity'],
    ['logging: {format: json, vmodule: [{filePattern: a, verbosity: 1}]}', 'logging.vmodule'],
    ['logging: {vmodule: [{verbosity: 1}]}', 'logging.vmodule[0].filePattern'],
    ['logging: {vmodule: [{filePattern: "a=b", verbosity: 1}]}', 'logging.vmodule[0].filePattern'],
    ['mode: nftables\niptables: {masqueradeBit: 32}', 'iptables.masqueradeBit'],
    ['mode: nftables\nnftables: {masqueradeBit: 32}', 'nftables.masqueradeBit'],
    ['nftables: {masqueradeBit: -1}', 'nftables.masqueradeBit'],
    ['nftables: {syncPeriod: -1s, minSyncPeriod: -2s}', 'nftables.syncPeriod nftables.minSyncPeriod'],
    ['nftables: {syncPeriod: 5s, minSyncPeriod: 6s}', 'nftables.minSyncPeriod'],
    ['nftables: {syncPeriod: 500ms}', 'nftables.minSyncPeriod'],
    ['mode: iptables\niptables: {syncPeriod: 5s, minSyncPeriod: 6s}', 'iptables.minSyncPeriod'],
    ['mode: ipvs\nipvs: {syncPeriod: 5s, minSyncPeriod: 6s}', 'ipvs.minSyncPeriod'],
    [
      'mode: ipvs\nipvs: {tcpTimeout: -1s, tcpFinTimeout: -1s, udpTimeout: -1s}',
      'ipvs.tcpTimeout ipvs.tcpFinTimeout ipvs.udpTimeout',
    ],
    ['mode: ipvs\nipvs: {excludeCIDRs: [10.0.0.0/8, 10.0.0.1]}', 'ipvs.excludeCIDRs[1]'],
    ['mode: ipvs\nipvs: {serviceCIDRs: [10.96.0.0/12, somewhere]}', 'ipvs.serviceCIDRs[1]'],
    ['mode: ipvs\nipvs: {tcpTimeout: 745h}', 'ipvs.tcpTimeout'],
    ['mode: ipvs\nipvs: {scheduler: "rr -p 1"}', 'ipvs.scheduler'],
    ['mode: ipvs\nipvs: {schedulerFlags: [sh-port, none]}', 'ipvs.schedulerFlags'],
    ['mode: ipvs\nipvs: {drainTimeout: -1s}', 'ipvs.drainTimeout'],
    ['mode: ipvs\nipvs: {ipvsadmPath: ""}', 'ipvs.ipvsadmPath'],
    ['detectLocalMode: Guess', 'detectLocalMode'],
    ['detectLocalMode: clusterCIDR', 'detectLocalMode'],
    ['detectLocalMode: BridgeInterface', 'detectLocal.bridgeInterface'],
    ['detectLocalMode: InterfaceNamePrefix\ndetectLocal: {bridgeInterface: br0}', 'detectLocal.interfaceNamePrefix'],
    [`detectLocalMode: BridgeInterface\ndetectLocal: {bridgeInterface: 'a" accept'}`, 'detectLocal.bridgeInterface'],
    ['detectLocalMode: BridgeInterface\ndetectLocal: {bridgeInterface: "br*"}', 'detectLocal.bridgeInterface'],
    ["detectLocalMode: BridgeInterface\ndetectLocal: {bridgeInterface: 'br\\'}", 'detectLocal.bridgeInterface'],
    ['detectLocalMode: BridgeInterface\ndetectLocal: {bridgeInterface: "br\\n0"}', 'detectLocal.bridgeInterface'],
    ['detectLocalMode: BridgeInterface\ndetectLocal: {bridgeInterface: br/0}', 'detectLocal.bridgeInterface'],
    [
      'detectLocalMode: BridgeInterface\ndetectLocal: {bridgeInterface: abcdefghijklmnop}',
      'detectLocal.bridgeInterface',
    ],
    [
      'detectLocalMode: InterfaceNamePrefix\ndetectLocal: {interfaceNamePrefix: "ääääääää"}',
      'detectLocal.interfaceNamePrefix',
    ],
    ['clusterCIDR: 10.244.0.0', 'clusterCIDR'],
    ['clusterCIDR: 10.244.0.0/33', 'clusterCIDR'],
    ['clusterCIDR: 10.244.0.0/16,', 'clusterCIDR'],
    ['clusterCIDR: 10.244.0.0/16,10.245.0.0/16', 'clusterCIDR'],
    ['clusterCIDR: fd00:1::/48,fd00:2::/48', 'clusterCIDR'],
    ['clusterCIDR: 10.244.0.0/16,fd00:10:244::/48,10.245.0.0/16', 'clusterCIDR'],
    ['nodePortAddresses: [192.168.100.1]', 'nodePortAddresses[0]'],
    ['nodePortAddresses: [192.168.100.0/24, "fd00::/129"]', 'nodePortAddresses[1]'],
    ['nodePortAddresses: [""]', 'nodePortAddresses[0]'],
    ['nodePortAddresses: [Primary]', 'nodePortAddresses[0]'],
    ['nodePortAddresses: [all]', 'nodePortAddresses[0]'],
    ['nodePortAddresses: [localhost]', 'nodePortAddresses[0]'],
    ['nodePortAddresses: [primary, 10.0.0.0/8]', 'nodePortAddresses[0]'],
    ['nodePortAddresses: [10.0.0.0/8, primary]', 'nodePortAddresses[1]'],
    ['featureGates: {PreferSameTrafficDistribution: false}', 'featureGates.PreferSameTrafficDistribution'],
    ['oomScoreAdj: -1001', 'oomScoreAdj'],
    ['oomScoreAdj: 1001', 'oomScoreAdj'],
    ['conntrack: {maxPerCore: -1, min: -1}', 'conntrack.maxPerCore conntrack.min'],
    [
      'conntrack: {tcpEstablishedTimeout: -1s, tcpCloseWaitTimeout: -1s}',
      'conntrack.tcpEstablishedTimeout conntrack.tcpCloseWaitTimeout',
    ],
    ['conntrack: {udpTimeout: -1s, udpStreamTimeout: -1s}', 'conntrack.udpTimeout conntrack.udpStreamTimeout'],
    ['configSyncPeriod: -1s', 'configSyncPeriod'],
    ['showHiddenMetricsForVersion: latest', 'showHiddenMetricsForVersion'],
    ['showHiddenMetricsForVersion: 1.35.2', 'showHiddenMetricsForVersion'],
    ['portRange: 7-2', 'portRange'],
    ['portRange: 1-65536', 'portRange'],
    ['portRange: some', 'portRange'],
    ['sluice: {syncQuietPeriod: -1ms}', 'sluice.syncQuietPeriod'],
    ['sluice: {syncMaxDelay: 1ms}', 'sluice.syncMaxDelay'],
    ['sluice: {verifyPeriod: 0s}', 'sluice.verifyPeriod'],
    ['sluice: {runtimeDirectory: run}', 'sluice.runtimeDirectory'],
    ['sluice: {nftPath: ""}', 'sluice.nftPath'],
  ];
  it.each(wrong)('%s: wrong is %s', (body, fields) => {
    expect(fieldsWrongIn(body).join(' ')).toBe(fields);
  });

  const right = [
    '',
    'mode: ipvs',
    'mode: iptables',
    'nftables: {masqueradeBit: 0}\niptables: {masqueradeBit: 31}',
    'nftables: {syncPeriod: 1s, minSyncPeriod: 1s}',
    // What the mode does not use is not judged.
    'mode: nftables\niptables: {syncPeriod: -1s}\nipvs: {syncPeriod: -1s, tcpTimeout: -1s, excludeCIDRs: [x]}',
    'mode: ipvs\nnftables: {masqueradeBit: 99, syncPeriod: -1s}',
    'detectLocalMode: NodeCIDR\nclusterCIDR: nonsense',
    'detectLocal: {bridgeInterface: "a b"}',
    'detectLocalMode: BridgeInterface\ndetectLocal: {bridgeInterface: abcdefghijklmno}',
    'detectLocalMode: InterfaceNamePrefix\ndetectLocal: {interfaceNamePrefix: veth-}',
    'clusterCIDR: fd00:10:244::/48,010.244.000.000/16',
    'nodePortAddresses: [primary]',
    'nodePortAddresses: ["0.0.0.0/0", "::/0", 10.0.0.0/8]',
    'featureGates: {AllowServiceExternalIPs: false, PreferSameTrafficDistribution: true, NotKnown: false}',
    'oomScoreAdj: -1000',
    'showHiddenMetricsForVersion: "1.35"',
    'portRange: 300-2000',
    'portRange: 300+10',
    'portRange: "80"',
    'logging: {format: text, vmodule: [{filePattern: a, verbosity: 1}]}',
    'sluice: {syncQuietPeriod: 0s, syncMaxDelay: 0s}',
    'conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}',
  ];
  it.each(right)('%j is right', body => {
    expect(fieldsWrongIn(body)).toEqual([]);
  });
});
