import { parseAddress, type Family } from '../../model/ip.ts';

/** What a set of kube-proxy's mode ipvs holds. */
type Content = 'address-and-port' | 'address' | 'tcp-port' | 'udp-port' | 'other';

/** Kubernetes behaviour: pkg/proxy/ipvs/proxier.go, ipsetInfo. */
const SETS: readonly (readonly [string, Content])[] = [
  ['KUBE-LOOP-BACK', 'other'],
  ['KUBE-CLUSTER-IP', 'address-and-port'],
  ['KUBE-EXTERNAL-IP', 'address-and-port'],
  ['KUBE-EXTERNAL-IP-LOCAL', 'address-and-port'],
  ['KUBE-LOAD-BALANCER', 'address-and-port'],
  ['KUBE-LOAD-BALANCER-FW', 'other'],
  ['KUBE-LOAD-BALANCER-LOCAL', 'other'],
  ['KUBE-LOAD-BALANCER-SOURCE-IP', 'other'],
  ['KUBE-LOAD-BALANCER-SOURCE-CIDR', 'other'],
  ['KUBE-NODE-PORT-TCP', 'tcp-port'],
  ['KUBE-NODE-PORT-LOCAL-TCP', 'other'],
  ['KUBE-NODE-PORT-UDP', 'udp-port'],
  ['KUBE-NODE-PORT-LOCAL-UDP', 'other'],
  ['KUBE-NODE-PORT-SCTP-HASH', 'address-and-port'],
  ['KUBE-NODE-PORT-LOCAL-SCTP-HASH', 'other'],
  ['KUBE-HEALTH-CHECK-NODE-PORT', 'other'],
  ['KUBE-IPVS-IPS', 'address'],
];

/** The kernel takes no longer name of a set; kube-proxy cuts its names there. */
const NAME_LENGTH = 31;

const setsOf = (family: Family): [string, { family: Family; content: Content }][] =>
  SETS.map(([name, content]) => [
    family === 'ipv4' ? name : name.replace(/^KUBE-/, 'KUBE-6-').slice(0, NAME_LENGTH),
    { family, content },
  ]);

const BY_NAME = new Map([...setsOf('ipv4'), ...setsOf('ipv6')]);

/** Whether a set of this name is kube-proxy's. */
export const isProxySet = (name: string): boolean => BY_NAME.has(name);

/** Whether the entries of this set tell of virtual servers. */
export const tellsVirtualServers = (name: string): boolean => (BY_NAME.get(name)?.content ?? 'other') !== 'other';

/** What kube-proxy's sets tell of its virtual servers. */
export interface SetClaims {
  /** `10.96.0.1,tcp:80`: their addresses and ports. */
  readonly servers: ReadonlySet<string>;
  /** Addresses of which every port is kube-proxy's. */
  readonly addresses: ReadonlySet<string>;
  /** `ipv4 tcp 30080`: ports that it serves on addresses of this node. */
  readonly nodePorts: ReadonlySet<string>;
}

/**
 * Reads what kube-proxy's sets hold. Pure.
 * @param saved of `ipset save`, one or several sets
 */
export function readSetClaims(saved: string): SetClaims {
  const servers = new Set<string>();
  const addresses = new Set<string>();
  const nodePorts = new Set<string>();
  for (const line of saved.split('\n')) {
    const [verb, name = '', entry = ''] = line.split(' ');
    const set = verb === 'add' ? BY_NAME.get(name) : undefined;
    if (set?.content === 'address-and-port') {
      const comma = entry.indexOf(',');
      servers.add(`${canonical(entry.slice(0, comma))}${entry.slice(comma)}`);
    } else if (set?.content === 'address') addresses.add(canonical(entry));
    else if (set?.content === 'tcp-port') nodePorts.add(`${set.family} tcp ${entry}`);
    else if (set?.content === 'udp-port') nodePorts.add(`${set.family} udp ${entry}`);
  }
  return { servers, addresses, nodePorts };
}

const canonical = (address: string): string => parseAddress(address)?.text ?? address;
