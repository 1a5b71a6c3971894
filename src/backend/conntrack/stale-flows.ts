import type { Family } from '../../model/ip.ts';
import type { ServicePlan } from '../../plan/types.ts';
import type { Allowances } from '../suspects.ts';

/** Key of where UDP clients send to; a NodePort has no address of its own. */
const frontendKey = (address: string | undefined, port: number): string => `${address ?? '*'} ${port}`;

/** The UDP frontends of a Service, with the endpoints (`address:port`) with which their flows may go on. */
export function udpFrontends({ ports }: ServicePlan): ReadonlyMap<string, readonly string[]> {
  const frontends = new Map<string, readonly string[]>();
  for (const { virtualServers, servingEndpoints } of ports) {
    for (const { address, port, protocol } of virtualServers) {
      if (protocol === 'UDP') frontends.set(frontendKey(address, port), servingEndpoints);
    }
  }
  return frontends;
}

/** One UDP entry of connection tracking. */
export interface Flow {
  readonly family: Family;
  /** Where the client sent to. */
  readonly originalDestination: string;
  readonly originalPort: number;
  /** Who answers; the same as the destination where nothing was translated. */
  readonly replySource: string;
  readonly replyPort: number;
}

/**
 * Which of the flows point to nobody who serves them any more. Pure.
 * Kubernetes behaviour: pkg/proxy/conntrack/cleanup.go, but a NodePort's flows are those to an address of this node.
 * @param isLocal whether an address is one of this node's
 * @returns one flow for all those between the same frontend and the same endpoint
 */
export function staleFlows(flows: Iterable<Flow>, suspects: Allowances, isLocal: (address: string) => boolean): Flow[] {
  const stale = new Map<string, Flow>();
  for (const flow of flows) {
    const { originalDestination, originalPort, replySource, replyPort } = flow;
    const serving =
      suspects.get(frontendKey(originalDestination, originalPort)) ??
      (isLocal(originalDestination) ? suspects.get(frontendKey(undefined, originalPort)) : undefined);
    if (!serving) continue;
    const endpoint = replySource.includes(':') ? `[${replySource}]:${replyPort}` : `${replySource}:${replyPort}`;
    if (!serving.has(endpoint)) stale.set(`${originalDestination} ${originalPort} ${endpoint}`, flow);
  }
  return [...stale.values()];
}
