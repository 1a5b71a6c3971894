// Who is where in tests, so that a reader knows an address when he sees it. The conformance suite's stage has the same plan.
//
//   10.244.1.0/24, fd00:10:244:1::/64    pods of this node, node-a in zone-a
//   10.244.2.0/24, fd00:10:244:2::/64    pods of another node, node-b in zone-b
//   10.96.0.0/16,  fd00:10:96::/112      ClusterIPs
//   192.168.100.0/24, fd00:100::/64      nodes (.1 this one, .2 the other) and clients (.9, .101 and up) of one LAN
//   203.0.113.0/24, 2001:db8:5::/64      external IPs (.30 and up) and load balancer IPs (.20 and up)
//   198.51.100.0/24, 2001:db8:9::/64     the rest of the world

import type { Family } from '../../src/model/ip.ts';

export interface Stage {
  /** Two pods of this node. */
  readonly podA: string;
  readonly podB: string;
  /** Two pods of the other node. */
  readonly remoteA: string;
  readonly remoteB: string;
  readonly clusterIP: string;
  readonly otherClusterIP: string;
  readonly externalIP: string;
  readonly otherExternalIP: string;
  readonly loadBalancerIP: string;
  readonly otherLoadBalancerIP: string;
  readonly node: string;
  readonly otherNode: string;
  readonly client: string;
  /** The LAN of nodes and clients. */
  readonly lan: string;
  /** A range far from it. */
  readonly elsewhere: string;
}

export const NODE_NAME = 'node-a';
export const ZONE = 'zone-a';
export const OTHER_NODE_NAME = 'node-b';
export const OTHER_ZONE = 'zone-b';

export const ADDRESSES: Readonly<Record<Family, Stage>> = {
  ipv4: {
    podA: '10.244.1.10',
    podB: '10.244.1.11',
    remoteA: '10.244.2.10',
    remoteB: '10.244.2.11',
    clusterIP: '10.96.0.10',
    otherClusterIP: '10.96.0.11',
    externalIP: '203.0.113.30',
    otherExternalIP: '203.0.113.31',
    loadBalancerIP: '203.0.113.20',
    otherLoadBalancerIP: '203.0.113.21',
    node: '192.168.100.1',
    otherNode: '192.168.100.2',
    client: '192.168.100.9',
    lan: '192.168.100.0/24',
    elsewhere: '198.51.100.0/24',
  },
  ipv6: {
    podA: 'fd00:10:244:1::10',
    podB: 'fd00:10:244:1::11',
    remoteA: 'fd00:10:244:2::10',
    remoteB: 'fd00:10:244:2::11',
    clusterIP: 'fd00:10:96::10',
    otherClusterIP: 'fd00:10:96::11',
    externalIP: '2001:db8:5::30',
    otherExternalIP: '2001:db8:5::31',
    loadBalancerIP: '2001:db8:5::20',
    otherLoadBalancerIP: '2001:db8:5::21',
    node: 'fd00:100::1',
    otherNode: 'fd00:100::2',
    client: 'fd00:100::9',
    lan: 'fd00:100::/64',
    elsewhere: '2001:db8:9::/64',
  },
};
