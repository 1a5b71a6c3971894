import { describe, expect, it } from 'vitest';
import { checkFamilies, type NodeFamilies } from '../../../src/config/check-families.ts';
import { resolveConfiguration } from '../../../src/config/resolve.ts';

const HEAD = 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n';
const dual: NodeFamilies = { primaryFamily: 'ipv4', families: ['ipv4', 'ipv6'], podCIDRs: [] };
const single: NodeFamilies = { ...dual, families: ['ipv4'] };
const CLUSTER = 'clusterCIDR: 10.244.0.0/16\n';

describe('checkFamilies', () => {
  // After kube-proxy's Test_checkBadConfig and Test_checkBadIPConfig.
  const rows: readonly (readonly [string, string, NodeFamilies, readonly string[], readonly string[]])[] = [
    ['all is well', CLUSTER, dual, [], []],
    ['clusterCIDR of the other family, dual-stack', 'clusterCIDR: fd00::/48', dual, [], ['clusterCIDR']],
    ['clusterCIDR of the other family, single-stack', 'clusterCIDR: fd00::/48', single, ['clusterCIDR'], []],
    [
      'the same, but not in use',
      'clusterCIDR: fd00::/48\ndetectLocalMode: NodeCIDR',
      { ...single, podCIDRs: ['10.0.0.0/24'] },
      [],
      ['clusterCIDR'],
    ],
    ['clusterCIDR of both', 'clusterCIDR: fd00::/48,10.0.0.0/8', single, [], []],
    ['no clusterCIDR', '', dual, [], ['clusterCIDR']],
    [
      'podCIDRs of the other family, in use',
      'detectLocalMode: NodeCIDR',
      { ...dual, podCIDRs: ['fd00::/64'] },
      ['Node spec.podCIDRs'],
      [],
    ],
    [
      'podCIDRs of the other family, not in use',
      CLUSTER,
      { ...dual, podCIDRs: ['fd00::/64'] },
      [],
      ['Node spec.podCIDRs'],
    ],
    ['podCIDRs of both', 'detectLocalMode: NodeCIDR', { ...dual, podCIDRs: ['fd00::/64', '10.0.0.0/24'] }, [], []],
    ['no podCIDRs', 'detectLocalMode: NodeCIDR', dual, [], ['Node spec.podCIDRs']],
    [
      'an interface needs neither',
      'detectLocalMode: BridgeInterface\ndetectLocal: {bridgeInterface: br0}',
      dual,
      [],
      [],
    ],
    ['nodePortAddresses not set', `${CLUSTER}mode: ipvs`, dual, [], ['nodePortAddresses']],
    [
      'nodePortAddresses of the primary family, dual-stack by clusterCIDR',
      'clusterCIDR: 10.244.0.0/16,fd00::/48\nnodePortAddresses: [10.0.0.0/8]',
      dual,
      [],
      ['nodePortAddresses'],
    ],
    [
      'nodePortAddresses of the primary family, single-stack by all that is known',
      `${CLUSTER}nodePortAddresses: [10.0.0.0/8]`,
      dual,
      [],
      [],
    ],
    [
      'nodePortAddresses of the other family',
      `${CLUSTER}nodePortAddresses: ["fd00::/48"]`,
      dual,
      [],
      ['nodePortAddresses'],
    ],
    [
      'nodePortAddresses of both',
      'clusterCIDR: 10.244.0.0/16,fd00::/48\nnodePortAddresses: [10.0.0.0/8, "fd00::/48"]',
      dual,
      [],
      [],
    ],
    [
      'servers at the other family, single-stack',
      `${CLUSTER}healthzBindAddress: "[fd00::1]:1"\nmetricsBindAddress: "[::1]:2"`,
      single,
      [],
      ['healthzBindAddress', 'metricsBindAddress'],
    ],
    ['servers at the other family, dual-stack', `${CLUSTER}healthzBindAddress: "[fd00::1]:1"`, dual, [], []],
    ['a server at all addresses', `${CLUSTER}healthzBindAddress: "[::]:1"`, single, [], []],
    [
      'excludeCIDRs of the other family, single-stack',
      `${CLUSTER}ipvs: {excludeCIDRs: ["fd00::/48"]}`,
      single,
      [],
      ['ipvs.excludeCIDRs'],
    ],
    ['IPv6 first', CLUSTER, { ...dual, primaryFamily: 'ipv6' }, [], ['clusterCIDR']],
  ];
  it.each(rows)('%s', (_name, body, node, fatal, warnings) => {
    const { configuration } = resolveConfiguration(new Map(), HEAD + body);
    const result = checkFamilies(configuration, node);
    expect(result.fatal.map(({ field }) => field)).toEqual(fatal);
    expect(result.warnings.map(({ field }) => field)).toEqual(warnings);
  });

  it('says which families do not go together', () => {
    const { configuration } = resolveConfiguration(new Map(), `${HEAD}clusterCIDR: fd00::/48`);
    expect(checkFamilies(configuration, single).fatal[0]?.message).toBe('has only IPv6, but the node is IPv4-only');
  });
});
