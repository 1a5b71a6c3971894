import { type Endpoint, isFallback } from '../model/endpoint.ts';
import type { EndpointSet } from '../model/endpoint-set.ts';
import type { TrafficPolicy } from '../model/service-port.ts';
import { isLocalTo } from './node-view.ts';
import { isHintedFor, type TopologyMode, topologyModeOf } from './topology-mode.ts';
import type { LeftOut, LeftOutReason, NodeView } from './types.ts';

export interface CategorizedEndpoints {
  /** Used under policy Cluster; empty where it is not asked for. In the order of the endpoints, as `local` is. */
  readonly cluster: readonly Endpoint[];
  readonly local: readonly Endpoint[];
  /** Some endpoint is ready, or serves while it terminates, here or elsewhere. */
  readonly hasEndpoints: boolean;
  /** For each policy in use, the endpoints that it does not use and its duplicates. */
  readonly leftOut: readonly LeftOut[];
}

/**
 * Chooses the endpoints of one Service port, for each policy by itself (kube-proxy's CategorizeEndpoints):
 * - cluster: the ready ones that hints let this node use; if nothing is ready, those that serve while they terminate
 * - local: the same of those on this node, whatever hints say
 */
export function categorizeEndpoints(
  { endpoints, duplicates }: Pick<EndpointSet, 'endpoints' | 'duplicates'>,
  policies: readonly TrafficPolicy[],
  node: NodeView,
): CategorizedEndpoints {
  const chosen: Record<TrafficPolicy, readonly Endpoint[]> = { cluster: [], local: [] };
  const leftOut: LeftOut[] = [];
  for (const policy of policies) {
    const mode = policy === 'cluster' ? topologyModeOf(endpoints, node) : 'none';
    const inScope = policy === 'cluster' ? endpoints : endpoints.filter(endpoint => isLocalTo(node, endpoint));
    const hasReady = inScope.some(({ ready }) => ready);
    const isUsed = (endpoint: Endpoint): boolean =>
      hasReady ? endpoint.ready && isHintedFor(endpoint, mode, node) : isFallback(endpoint);
    const used = inScope.filter(isUsed);
    chosen[policy] = used;
    if (used.length < endpoints.length) {
      for (const endpoint of endpoints) {
        const reason = reasonOf(endpoint, policy, mode, hasReady, node);
        if (reason) leftOut.push({ endpoint, from: policy, reason });
      }
    }
    for (const endpoint of duplicates) leftOut.push({ endpoint, from: policy, reason: 'duplicate' });
  }
  const hasEndpoints = endpoints.some(endpoint => endpoint.ready || isFallback(endpoint));
  return { ...chosen, hasEndpoints, leftOut };
}

/** @returns undefined for an endpoint that is used. */
function reasonOf(
  endpoint: Endpoint,
  policy: TrafficPolicy,
  mode: TopologyMode,
  hasReady: boolean,
  node: NodeView,
): LeftOutReason | undefined {
  if (policy === 'local' && !isLocalTo(node, endpoint)) return 'not-local';
  if (!endpoint.ready) {
    if (!isFallback(endpoint)) return 'not-ready';
    return hasReady ? 'terminating' : undefined;
  }
  if (isHintedFor(endpoint, mode, node)) return undefined;
  return mode === 'prefer-same-node' ? 'not-on-node' : 'not-in-zone';
}
