import { describe, expect, it } from 'vitest';
import { localDetectorFor, type LocalDetector } from '../../../src/config/local-detector.ts';
import { resolveConfiguration } from '../../../src/config/resolve.ts';
import { formatCidr } from '../../../src/model/ip.ts';

const HEAD = 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n';
const POD_CIDRS = ['10.244.1.0/24', 'fd00:10:244:1::/64'];

const told = (detector: LocalDetector | undefined): string | undefined =>
  detector?.kind === 'cidr' ? formatCidr(detector.cidr) : detector?.pattern;

describe('localDetectorFor', () => {
  const rows: readonly (readonly [string, string, readonly string[], string | undefined, string | undefined])[] = [
    ['nothing told', '', POD_CIDRS, undefined, undefined],
    ['one family', 'clusterCIDR: 10.244.0.0/16', [], '10.244.0.0/16', undefined],
    ['the other family', 'clusterCIDR: fd00:10:244::/48', [], undefined, 'fd00:10:244::/48'],
    ['both, in any order', 'clusterCIDR: fd00:10:244::/48,010.244.0.0/16', [], '10.244.0.0/16', 'fd00:10:244::/48'],
    [
      'NodeCIDR',
      'detectLocalMode: NodeCIDR\nclusterCIDR: 10.0.0.0/8',
      POD_CIDRS,
      '10.244.1.0/24',
      'fd00:10:244:1::/64',
    ],
    [
      'NodeCIDR, the first of a family',
      'detectLocalMode: NodeCIDR',
      ['10.1.0.0/24', '10.2.0.0/24'],
      '10.1.0.0/24',
      undefined,
    ],
    ['a bridge', 'detectLocalMode: BridgeInterface\ndetectLocal: {bridgeInterface: cni0}', [], 'cni0', 'cni0'],
    [
      'a prefix',
      'detectLocalMode: InterfaceNamePrefix\ndetectLocal: {interfaceNamePrefix: veth-}',
      [],
      'veth-*',
      'veth-*',
    ],
    [
      'a prefix that leaves room for one more',
      'detectLocalMode: InterfaceNamePrefix\ndetectLocal: {interfaceNamePrefix: abcdefghijklmn}',
      [],
      'abcdefghijklmn*',
      'abcdefghijklmn*',
    ],
    [
      'a prefix of full length',
      'detectLocalMode: InterfaceNamePrefix\ndetectLocal: {interfaceNamePrefix: abcdefghijklmno}',
      [],
      'abcdefghijklmno',
      'abcdefghijklmno',
    ],
  ];
  it.each(rows)('%s', (_name, body, podCIDRs, ipv4, ipv6) => {
    const { configuration } = resolveConfiguration(new Map(), HEAD + body);
    expect(told(localDetectorFor(configuration, 'ipv4', podCIDRs))).toBe(ipv4);
    expect(told(localDetectorFor(configuration, 'ipv6', podCIDRs))).toBe(ipv6);
  });
});
