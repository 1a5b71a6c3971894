// The stage on which every scenario plays: who is where, with which addresses.
//
// A *host* is anything that sends or receives packets. Each lives in a network namespace (several may share one) and
// answers on PORTS over TCP, UDP and, where the machine has it, SCTP on each of its own addresses, so that an answer
// tells exactly which host it is.

/** One thing for each family, under the names that scenarios use. */
export interface Pair<T = string> {
  readonly v4: T;
  readonly v6: T;
}

export interface Host extends Pair {
  /** The network namespace that it is in. */
  readonly ns: Namespace;
  readonly node?: string;
  readonly zone?: string;
  /** True for one that only asks. */
  readonly silent?: boolean;
}

/** A host as the source of a probe; `unbound` leaves the source address to the kernel. */
export interface Source extends Host {
  readonly unbound?: boolean;
}

/** What a socket is connected to; the family as Node's sockets take it. */
export interface Destination {
  readonly host: string;
  readonly port: number;
  readonly family: 4 | 6;
}

export const NAMESPACES = ['node', 'pod-a', 'pod-b', 'peer', 'client'] as const;
export type Namespace = (typeof NAMESPACES)[number];

export const NODE_NAME = 'node-a';
export const PEER_NAME = 'node-b';

export const PORTS = [8080, 8081, 8443, 9090, 5353];
/** A port in the NodePort range on which the node itself has a server. */
export const NODE_SERVER_PORT = 30999;

export const CLUSTER_CIDRS: Pair = { v4: '10.244.0.0/16', v6: 'fd00:10:244::/48' };
export const POD_CIDRS: { readonly [NODE_NAME]: Pair; readonly [PEER_NAME]: Pair } = {
  [NODE_NAME]: { v4: '10.244.1.0/24', v6: 'fd00:10:244:1::/64' },
  [PEER_NAME]: { v4: '10.244.2.0/24', v6: 'fd00:10:244:2::/64' },
};
export const SERVICE_CIDRS: Pair = { v4: '10.96.0.0/16', v6: 'fd00:10:96::/112' };
/** Ranges for external IPs and load balancer VIPs. */
export const VIP_CIDRS: Pair = { v4: '203.0.113.0/24', v6: '2001:db8:5::/64' };

/** The rest is on one LAN: 192.168.100.0/24 and fd00:100::/64. */
export const GATEWAY: Pair = { v4: '192.168.100.254', v6: 'fd00:100::fe' };
/** The node's side of the link to each local pod. */
export const POD_GATEWAY: Pair = { v4: '10.244.1.1', v6: 'fd00:10:244:1::1' };

const onNode = (ns: Namespace, v4: string, v6: string) => ({ ns, v4, v6, node: NODE_NAME, zone: 'zone-a' });
const onPeer = (v4: string, v6: string) => ({ ns: 'peer' as const, v4, v6, node: PEER_NAME, zone: 'zone-b' });

const client = (last: number) => ({ ns: 'client' as const, v4: `192.168.100.${last}`, v6: `fd00:100::${last}` });

export const CLIENTS: readonly string[] = Array.from({ length: 16 }, (_, i) => `client-${i + 1}`);

const NAMED = {
  'pod-a': onNode('pod-a', '10.244.1.10', 'fd00:10:244:1::10'),
  'pod-b': onNode('pod-b', '10.244.1.11', 'fd00:10:244:1::11'),
  'node-host': onNode('node', '192.168.100.1', 'fd00:100::1'),
  'remote-a': onPeer('10.244.2.10', 'fd00:10:244:2::10'),
  'remote-b': onPeer('10.244.2.11', 'fd00:10:244:2::11'),
  'peer-host': onPeer('192.168.100.2', 'fd00:100::2'),
  client: client(9),
} as const satisfies Record<string, Host>;

/** Addresses by which scenarios reach the node and its peer. */
export const NODE = NAMED['node-host'];
export const PEER = NAMED['peer-host'];

export const HOSTS: Readonly<Record<string, Host>> = {
  ...NAMED,
  ...Object.fromEntries(CLIENTS.map((name, i) => [name, { ...client(101 + i), silent: true }])),
};

/** Every address that a masquerading node may show. */
export const NODE_ADDRESSES: ReadonlySet<string> = new Set([NODE.v4, NODE.v6, POD_GATEWAY.v4, POD_GATEWAY.v6]);

/** The host of this name; throws for a name that nobody has. */
export function hostNamed(name: string): Host {
  const host = HOSTS[name];
  if (!host) throw new Error(`no such host: ${name}`);
  return host;
}

/** Looks a probe's source up. `node` sends unbound, so that the kernel picks its address. */
export const sourceNamed = (name: string): Source => (name === 'node' ? { ...NODE, unbound: true } : hostNamed(name));

export const isV6 = (address: string): boolean => address.includes(':');

/** Splits 'ip:port' or '[ip6]:port'; throws for anything else. */
export function splitTarget(target: string): Destination {
  const [, host, port] = /^\[?([^\]]+?)\]?:(\d+)$/.exec(target) ?? [];
  if (host === undefined) throw new Error(`not ip:port: ${target}`);
  return { host, port: Number(port), family: isV6(host) ? 6 : 4 };
}
