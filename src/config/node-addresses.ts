import { parseAddress, type Address, type Family } from '../model/ip.ts';

export interface NodeAddresses {
  readonly primaryFamily: Family;
  /** Canonical; undefined where the node has none of the family. */
  readonly addresses: Readonly<Record<Family, string | undefined>>;
}

/**
 * The node's own addresses (kube-proxy's detectNodeIPs): of the Node object the first, which decides the primary family, and
 * the first one of the other family. A bindAddress that is a real address goes before them, for its own family, and decides
 * the primary one.
 * @param bindAddress of the configuration
 * @param fromNode addresses of the Node object, InternalIPs before ExternalIPs; what is no address is passed over
 */
export function detectNodeAddresses(bindAddress: string, fromNode: readonly string[]): NodeAddresses {
  const found = fromNode.map(text => parseAddress(text)).filter(address => address !== undefined);
  const override = parseAddress(bindAddress);
  const all = override && !isUnspecified(override) ? [override, ...found] : found;
  const firstOf = (family: Family) => all.find(address => address.family === family)?.text;
  return {
    primaryFamily: all[0]?.family ?? 'ipv4',
    addresses: { ipv4: firstOf('ipv4'), ipv6: firstOf('ipv6') },
  };
}

const isUnspecified = ({ text }: Address): boolean => text === '0.0.0.0' || text === '::';
