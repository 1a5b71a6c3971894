// ClientIP affinity, learnt by the kernel. A client's pin is an element of a dynamic map: (service port, source) -> real server, made or
// refreshed when a connection has got its real server, and looked up before one is chosen. Pins are kept for the service port whatever
// address of it was dialled, and apart for the two traffic policies, since these can choose among different real servers.
//
// An IPv6 client stands in the key by a hash of 31 bits, and its real server in two maps, one for the address and one for the port: nft 1.0.6
// has the kernel write the value over whatever of a key is beyond 16 bytes, and aborts at an IPv6 address and a port in one value.

import type { Family } from '../../model/ip.ts';
import { localSourceMatch } from './rule-parts.ts';
import { affinityMaps, NFT_FAMILY, type Chain, type L4Protocol, type RulesetOptions } from './schema.ts';

/** A service port whose clients are kept where they are. */
export interface Sticky {
  /** Canonical ClusterIP of the Service: with the port, what tells it from all others. */
  readonly clusterIP: string;
  readonly port: number;
  /** All real servers of policy Local are among those of policy Cluster, so pins of the one are good for the other. */
  readonly sharesLocal: boolean;
}

export type PinPolicy = 'cluster' | 'local';

/** `-s80-10.96.0.10`; with `l` for `s` where local pins are shared. A colon cannot be in the name of a chain. */
export const stickySuffix = ({ clusterIP, port, sharesLocal }: Sticky): string =>
  `-${sharesLocal ? 'l' : 's'}${port}-${clusterIP.replaceAll(':', '_')}`;

/** @param suffix as made by {@link stickySuffix}, without its first dash */
export function parseStickySuffix(suffix: string): Sticky {
  const dash = suffix.indexOf('-');
  return {
    clusterIP: suffix.slice(dash + 1).replaceAll('_', ':'),
    port: Number(suffix.slice(1, dash)),
    sharesLocal: suffix.startsWith('l'),
  };
}

/**
 * What a pin is kept under, besides the source: two numbers for the ClusterIP and one for port and policy. An IPv4 address is these two
 * numbers; of an IPv6 address they are a hash of 62 bits, since nft has no room for all of it in a key.
 */
export function pinKey(clusterIP: string, port: number, policy: PinPolicy): readonly [number, number, number] {
  const low = port + (policy === 'local' ? 65_536 : 0);
  const octets = clusterIP.split('.').map(Number);
  if (octets.length === 4) return [octets[0]! * 256 + octets[1]!, octets[2]! * 256 + octets[3]!, low];
  return [hash(clusterIP, 0x811c9dc5), hash(clusterIP, 0x2c1b3c6d), low];
}

/** FNV-1a with a final mix (MurmurHash3's), 31 bits: nft prints larger numbers as negative ones. */
function hash(text: string, basis: number): number {
  let value = basis;
  for (let i = 0; i < text.length; i += 1) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) & 0x7fffffff;
}

/** A constant cannot stand in a concatenation; a number generator of one value is one in disguise. */
const constants = (key: readonly number[]): string =>
  key.map(value => `numgen random mod 1${value ? ` offset ${value}` : ''}`).join(' . ');

/** Clients that share a hash share a real server, which does no harm. */
const HASHED_CLIENT = `jhash ip6 saddr mod ${2 ** 31 - 1} seed 0x1`;

/** Sends a pinned client where it was; another one goes on to the next rule. */
export function pinRule(family: Family, l4: L4Protocol, { clusterIP, port }: Sticky, policy: PinPolicy): string {
  const ip = NFT_FAMILY[family];
  const key = `${constants(pinKey(clusterIP, port, policy))} . ${family === 'ipv4' ? 'ip saddr' : HASHED_CLIENT}`;
  const pinned = affinityMaps(family, l4).map(({ name }) => `${key} map @${name}`);
  // Of an address and a port apart nft knows the family by itself, and does not tell it.
  return `meta l4proto ${l4} dnat ${pinned.length > 1 ? '' : `${ip} `}to ${pinned.join(' : ')}`;
}

/** A chain that pins a client to the real server that it got: `learn-local-tcp-10800-s80-10.96.0.10`. */
export interface Learning {
  readonly kind: 'cluster' | 'internal' | 'local';
  readonly protocol: L4Protocol;
  readonly timeoutSeconds: number;
  readonly sticky: Sticky;
}

export const learningName = ({ kind, protocol, timeoutSeconds, sticky }: Learning): string =>
  `learn-${kind}-${protocol}-${timeoutSeconds}${stickySuffix(sticky)}`;

const NAME = /^learn-(cluster|internal|local)-(tcp|udp|sctp)-(\d+)-([sl]\d+-[0-9a-f._]+)$/;

/** @returns undefined for a chain that is none of these. */
export function parseLearningName(name: string): Learning | undefined {
  const match = NAME.exec(name);
  if (!match) return undefined;
  const [, kind, protocol, timeout, suffix = ''] = match;
  return {
    kind: kind as Learning['kind'],
    protocol: protocol as L4Protocol,
    timeoutSeconds: Number(timeout),
    sticky: parseStickySuffix(suffix),
  };
}

/**
 * `update` refreshes the timeout of a pin that is there and leaves its real server as it is. Under policy Local, traffic that took the
 * short cut was served under policy Cluster.
 */
export function learningChain(
  learning: Learning,
  options: RulesetOptions,
): { readonly chain: Chain; readonly needs: readonly string[] } {
  const { kind, protocol: l4, timeoutSeconds, sticky } = learning;
  const update = (policy: PinPolicy): string => {
    const client = options.family === 'ipv4' ? 'ct original ip saddr' : HASHED_CLIENT;
    const key = `${constants(pinKey(sticky.clusterIP, sticky.port, policy))} . ${client}`;
    const updates = affinityMaps(options.family, l4).map(
      map => `update @${map.name} { ${key} timeout ${timeoutSeconds}s : ${map.server} }`,
    );
    return `meta l4proto ${l4} ${updates.join(' ')}`;
  };
  const name = learningName(learning);
  if (kind !== 'local')
    return { chain: { name, rules: [update(kind === 'cluster' ? 'cluster' : 'local')] }, needs: [] };
  const cluster = learningName({ ...learning, kind: 'cluster' });
  const fromPods = localSourceMatch(options);
  const rules = [
    ...(fromPods ? [`${fromPods} goto ${cluster}`] : []),
    `fib saddr type local goto ${cluster}`,
    update('local'),
  ];
  return { chain: { name, rules }, needs: [cluster] };
}

/** The rules of the chain `learn`, which every connection with a new destination passes on its way out or in. */
export function learnRules({ family }: RulesetOptions, l4s: readonly L4Protocol[]): string[] {
  const ip = NFT_FAMILY[family];
  return l4s.flatMap(l4 => [
    `meta l4proto ${l4} ct original ${ip} daddr . meta l4proto . ct original proto-dst vmap @affinity-services`,
    `meta l4proto ${l4} ct original ${ip} daddr @nodeport-ips meta l4proto . ct original proto-dst vmap @affinity-nodeports`,
  ]);
}
