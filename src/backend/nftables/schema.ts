import type { Family } from '../../model/ip.ts';

/** The table of each family. Its name, and those of the base chains, are kube-proxy's own: see docs/ruleset.md. */
export const TABLE = 'kube-proxy';

/** The one chain that has no hook and is in the frame of the table, and that elements lead to. */
export const REJECT_CHAIN = 'reject-chain';

/** nft's names of our families; also the protocol that address fields are written with (`ip daddr`, `ip6 daddr`). */
export const NFT_FAMILY = { ipv4: 'ip', ipv6: 'ip6' } as const satisfies Record<Family, string>;

export const L4_PROTOCOLS = ['tcp', 'udp', 'sctp'] as const;
export type L4Protocol = (typeof L4_PROTOCOLS)[number];

export type ContainerName =
  | 'services'
  | 'nodeports'
  | `endpoints-${L4Protocol}`
  | `nodeport-endpoints-${L4Protocol}`
  | 'unavailable'
  | 'unavailable-nodeports'
  | 'cluster-ips'
  | 'service-cidrs'
  | 'nodeport-ips'
  | 'pod-cidrs'
  | 'firewalled'
  | 'source-ranges'
  | 'hairpin'
  | 'affinity-services'
  | 'affinity-nodeports'
  | AffinityMapName;

export type AffinityMapName = `affinity-${'' | 'address-' | 'port-'}${L4Protocol}`;

/** How one part of an element's key or value is spelt in JSON: ports and indices are numbers, a CIDR is an object. */
export type Part = 'index' | 'address' | 'cidr' | 'l4proto' | 'port';

/** A set or map of the table. */
export interface Container {
  readonly name: ContainerName;
  readonly kind: 'set' | 'map';
  readonly key: readonly Part[];
  /** What a map maps to. */
  readonly value?: 'verdict' | readonly Part[];
  /** The declaration's body, in nft's syntax. Always by `typeof`: plain `type` declarations of a new nft crash an older one's listing. */
  readonly declaration: string;
  readonly interval?: true;
  /** Filled by the kernel as packets pass; no part of the desired state. */
  readonly dynamic?: true;
  /** Each element counts the first packets of connections that it was looked up for. */
  readonly counted?: true;
}

const PROTO_PORT = 'meta l4proto . th dport';

/** One endpoint map a protocol: with one for all, nft hides a `meta l4proto tcp` test in the first rule that uses it. */
function perProtocol(ip: string, l4: L4Protocol): Container[] {
  const server = `${ip} daddr . ${l4} dport`;
  return [
    {
      name: `endpoints-${l4}`,
      kind: 'map',
      key: ['index', 'address', 'port'],
      value: ['address', 'port'],
      declaration: `typeof numgen random mod 2 . ${ip} daddr . ${l4} dport : ${server};`,
    },
    {
      name: `nodeport-endpoints-${l4}`,
      kind: 'map',
      key: ['index', 'port'],
      value: ['address', 'port'],
      declaration: `typeof numgen random mod 2 . ${l4} dport : ${server};`,
    },
  ];
}

const countedVerdicts = (name: ContainerName, key: readonly Part[], selector: string): Container => ({
  name,
  kind: 'map',
  key,
  value: 'verdict',
  declaration: `typeof ${selector} : verdict; counter;`,
  counted: true,
});

/** The maps of clients that are pinned to a real server, and what of it each of them tells. Why IPv6 has two: see affinity-rules.ts. */
export function affinityMaps(
  family: Family,
  l4: L4Protocol,
): readonly { readonly name: AffinityMapName; readonly value: readonly Part[]; readonly server: string }[] {
  const [address, port] = [`${NFT_FAMILY[family]} daddr`, `${l4} dport`];
  if (family === 'ipv4')
    return [{ name: `affinity-${l4}`, value: ['address', 'port'], server: `${address} . ${port}` }];
  return [
    { name: `affinity-address-${l4}`, value: ['address'], server: address },
    { name: `affinity-port-${l4}`, value: ['port'], server: port },
  ];
}

/** How many clients can be pinned. */
const AFFINITY_SIZE = 1_048_576;

function affinityContainers(family: Family, l4: L4Protocol): Container[] {
  const number = 'numgen random mod 2';
  const client = family === 'ipv4' ? 'ip saddr' : number;
  return affinityMaps(family, l4).map(({ name, value, server }) => ({
    name,
    kind: 'map',
    key: ['index', 'index', 'index', family === 'ipv4' ? 'address' : 'index'],
    value,
    declaration: `typeof ${number} . ${number} . ${number} . ${client} : ${server}; flags dynamic,timeout; size ${AFFINITY_SIZE};`,
    dynamic: true,
  }));
}

/** All sets and maps of one family's table, in the order in which they are declared. */
export function containersOf(family: Family): readonly Container[] {
  const ip = NFT_FAMILY[family];
  const vip = `${ip} daddr . ${PROTO_PORT}`;
  const vipKey = ['address', 'l4proto', 'port'] as const;
  const portKey = ['l4proto', 'port'] as const;
  return [
    ...L4_PROTOCOLS.flatMap(l4 => perProtocol(ip, l4)),
    countedVerdicts('services', vipKey, vip),
    countedVerdicts('nodeports', portKey, PROTO_PORT),
    ...L4_PROTOCOLS.flatMap(l4 => affinityContainers(family, l4)),
    { name: 'affinity-services', kind: 'map', key: vipKey, value: 'verdict', declaration: `typeof ${vip} : verdict;` },
    {
      name: 'affinity-nodeports',
      kind: 'map',
      key: portKey,
      value: 'verdict',
      declaration: `typeof ${PROTO_PORT} : verdict;`,
    },
    countedVerdicts('unavailable', vipKey, vip),
    countedVerdicts('unavailable-nodeports', portKey, PROTO_PORT),
    { name: 'cluster-ips', kind: 'set', key: ['address'], declaration: `typeof ${ip} daddr;` },
    {
      name: 'service-cidrs',
      kind: 'set',
      key: ['cidr'],
      declaration: `typeof ${ip} daddr; flags interval;`,
      interval: true,
    },
    { name: 'nodeport-ips', kind: 'set', key: ['address'], declaration: `typeof ${ip} daddr;` },
    {
      name: 'pod-cidrs',
      kind: 'set',
      key: ['cidr'],
      declaration: `typeof ${ip} saddr; flags interval;`,
      interval: true,
    },
    { name: 'firewalled', kind: 'set', key: vipKey, declaration: `typeof ${vip};` },
    {
      name: 'source-ranges',
      kind: 'set',
      key: [...vipKey, 'cidr'],
      declaration: `typeof ${vip} . ${ip} saddr; flags interval;`,
      interval: true,
    },
    {
      name: 'hairpin',
      kind: 'set',
      key: ['address', 'address', 'l4proto', 'port'],
      declaration: `typeof ${ip} saddr . ${ip} daddr . ${PROTO_PORT};`,
    },
  ];
}

/** Tables of the kernel that are none of nft's and are kept in step with it: see companion.ts. Of IPVS: ipvs/schema.ts. */
export type CompanionTable = 'virtual-servers' | 'real-servers';

const COMPANION_TABLES: ReadonlySet<string> = new Set<CompanionTable>(['virtual-servers', 'real-servers']);

export const isCompanionTable = (name: Entry['container']): name is CompanionTable => COMPANION_TABLES.has(name);

/** The key of the element that stands for all keys. Ours has none, others may add it. */
export const ALL_KEYS = '*';

/** An element as data: key and value as nft prints them (`10.96.0.1 . tcp . 80`, `goto cluster-tcp-3`). A set's value is empty. */
export interface Entry {
  readonly container: ContainerName | CompanionTable;
  readonly key: string;
  readonly value: string;
}

export interface Chain {
  readonly name: string;
  /** Of a base chain. */
  readonly hook?: { readonly type: 'nat' | 'filter'; readonly hook: string; readonly priority: number };
  /** In nft's syntax, spelt as `parse.ts` reads them back. */
  readonly rules: readonly string[];
}

/** What all Services of a family have in common. */
export interface RulesetOptions {
  readonly family: Family;
  /** How traffic of local pods is told: by the set `pod-cidrs`, by an interface pattern, or not at all. */
  readonly localSource: 'pod-cidrs' | { readonly interfacePattern: string } | undefined;
  readonly masqueradeAll: boolean;
  /** One bit of the packet mark. */
  readonly masqueradeMark: number;
  /** Whether NodePorts are at every local address or at those in `nodeport-ips`. */
  readonly nodePorts: 'all' | 'listed';
  /** How ClientIP affinity is kept: learnt by the kernel, or by a hash of the source where nft cannot write the rule for that. */
  readonly affinity: 'learnt' | 'hashed';
  /** IPVS chooses endpoints, and gets packets to ClusterIPs as they are. Not set: nft does. */
  readonly endpointsBy?: 'ipvs';
  /** Packets to ClusterIPs come in to this host although nft has their endpoints: mode ipvs of before still has connections. */
  readonly localClusterIPs?: true;
  /** CIDRs of bridges that hand packets from port to port without asking connection tracking: replies within one would miss IPVS. */
  readonly bridgeSubnets?: readonly string[];
}

/** Elements to write to one table in one transaction. Deletes come before adds; a changed value is one of each. */
export interface ElementDelta {
  readonly deletes: readonly Entry[];
  readonly adds: readonly Entry[];
}

/** The maps that the kernel fills as packets pass. */
const LEARNT: ReadonlySet<string> = new Set(
  (['ipv4', 'ipv6'] as const).flatMap(family =>
    containersOf(family)
      .filter(({ dynamic }) => dynamic)
      .map(({ name }) => name),
  ),
);

/** Whether the elements of a set or map are no part of the desired state. */
export const isLearnt = (name: string): boolean => LEARNT.has(name);
