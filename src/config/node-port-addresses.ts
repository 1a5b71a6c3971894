import { hostCidr, isLoopback, isZeroCidr, parseAddress, parseCidr, type Cidr, type Family } from '../model/ip.ts';
import type { Configuration } from './schema.ts';

/** Where NodePorts are: at every local address, or at the local addresses in these CIDRs. */
export type NodePortAddresses =
  { readonly kind: 'all' } | { readonly kind: 'cidrs'; readonly cidrs: readonly [Cidr, ...Cidr[]] };

/**
 * Tells one family's NodePort addresses. Where none of the family is left they are everywhere, and so they are with a zero
 * CIDR (kube-proxy's NewNodePortAddresses): `primary` on a node without an IPv6 address opens all of IPv6.
 * @param nodeAddresses the node's own, which `primary` stands for; loopback ones do not count
 */
export function nodePortAddressesFor(
  { nodePortAddresses }: Pick<Configuration, 'nodePortAddresses'>,
  family: Family,
  nodeAddresses: Readonly<Record<Family, string | undefined>>,
): NodePortAddresses {
  const cidrs = nodePortAddresses
    .map(entry => (entry === 'primary' ? primaryCidr(nodeAddresses[family]) : parseCidr(entry)))
    .filter(cidr => cidr !== undefined)
    .filter(cidr => cidr.family === family);
  const [first, ...others] = cidrs;
  if (!first || cidrs.some(isZeroCidr)) return { kind: 'all' };
  return { kind: 'cidrs', cidrs: [first, ...others] };
}

function primaryCidr(text: string | undefined): Cidr | undefined {
  const address = text === undefined ? undefined : parseAddress(text);
  return address && !isLoopback(address) ? hostCidr(address) : undefined;
}
