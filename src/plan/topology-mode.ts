import type { Endpoint } from '../model/endpoint.ts';
import type { NodeView } from './types.ts';

export type TopologyMode = 'none' | 'prefer-same-node' | 'prefer-same-zone';

/**
 * Decides which hints of the endpoints of one Service port count (KEP-2433, KEP-3015). Only ready endpoints are asked:
 * hints of one kind count if each of them has some and at least one has one for this node; node hints go first.
 */
export function topologyModeOf(endpoints: readonly Endpoint[], node: NodeView): TopologyMode {
  const ready = endpoints.filter(endpoint => endpoint.ready);
  if (ready.length === 0) return 'none';
  if (
    ready.every(({ nodeHints }) => nodeHints.length > 0) &&
    ready.some(one => isHintedFor(one, 'prefer-same-node', node))
  ) {
    return 'prefer-same-node';
  }
  if (
    ready.every(({ zoneHints }) => zoneHints.length > 0) &&
    ready.some(one => isHintedFor(one, 'prefer-same-zone', node))
  ) {
    return 'prefer-same-zone';
  }
  return 'none';
}

/** Whether the hints that count let this node use the endpoint. */
export function isHintedFor({ nodeHints, zoneHints }: Endpoint, mode: TopologyMode, { name, zone }: NodeView): boolean {
  if (mode === 'none') return true;
  return mode === 'prefer-same-node'
    ? name !== '' && nodeHints.includes(name)
    : zone !== undefined && zoneHints.includes(zone);
}
