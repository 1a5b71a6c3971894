import type { Endpoint } from '../../model/endpoint.ts';
import type { TrafficPolicy } from '../../model/service-port.ts';
import type { LeftOut, RealServer, ServicePortPlan } from '../../plan/types.ts';

/** The endpoints of one of the sets that get new connections. */
export const chosenFor = (
  { clusterEndpoints, localEndpoints }: ServicePortPlan,
  policy: TrafficPolicy,
): readonly RealServer[] => (policy === 'cluster' ? clusterEndpoints : localEndpoints);

/** Endpoints that are no longer chosen and may have connections, which they keep: for the time that their slice lists them. */
const MAY_HAVE_CONNECTIONS: ReadonlySet<LeftOut['reason']> = new Set([
  'terminating',
  'not-ready',
  'not-in-zone',
  'not-on-node',
]);

/**
 * The endpoints of one of the sets that keep their connections and get no new ones; none but for TCP. Of UDP and SCTP, a client would stay
 * with an endpoint of weight 0 for as long as it sends from one port.
 */
export function drainingFor({ servicePort, leftOut }: ServicePortPlan, policy: TrafficPolicy): readonly Endpoint[] {
  if (servicePort.protocol !== 'TCP' || !leftOut.length) return [];
  return leftOut
    .filter(({ from, reason }) => from === policy && MAY_HAVE_CONNECTIONS.has(reason))
    .map(({ endpoint }) => endpoint);
}
