import type { Node } from '../kube/types.ts';
import type { Endpoint } from '../model/endpoint.ts';
import { type Family, isLoopback, parseAddress } from '../model/ip.ts';
import type { NodeView } from './types.ts';

/**
 * Puts together what of this node decides how Services are forwarded.
 * @param name by which endpoints and hints call the node; endpoints are local to it by that alone.
 * @param node undefined while it is not known: there is no zone then.
 * @param nodeIPs as detected, the primary one of each family first. Loopback ones stand for "unknown" and do not count.
 */
export function nodeViewOf(name: string, node: Pick<Node, 'zone'> | undefined, nodeIPs: readonly string[]): NodeView {
  const addresses: Record<Family, string | undefined> = { ipv4: undefined, ipv6: undefined };
  for (const text of nodeIPs) {
    const address = parseAddress(text);
    if (address && !isLoopback(address)) addresses[address.family] ??= address.text;
  }
  // An empty zone label is no zone (kube-proxy's TestCategorizeEndpoints).
  return { name, zone: node?.zone || undefined, addresses };
}

/** Whether the endpoint is on this node. Without a name on either side it is not. */
export const isLocalTo = (node: NodeView, { nodeName }: Endpoint): boolean => nodeName !== '' && nodeName === node.name;
