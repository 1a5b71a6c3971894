import type { Node } from '../kube/types.ts';
import type { RenderNode } from './args.ts';

/**
 * The node that is asked about: what was given by flag goes before what its Node object says.
 * @param nodeName where no flag names one
 */
export function chosenNode(
  { name: given, addresses, zone }: RenderNode,
  nodeName: string,
  nodes: readonly Node[],
): Node {
  const name = given ?? nodeName;
  const known = nodes.find(node => node.name === name);
  return {
    name,
    uid: known?.uid ?? '',
    zone: zone ?? known?.zone,
    addresses: addresses.length ? addresses : (known?.addresses ?? []),
    podCIDRs: known?.podCIDRs ?? [],
    isBeingDeleted: false,
    kubeletVersion: '',
  };
}
