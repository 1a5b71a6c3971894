import type { TrafficPolicy } from '../../model/service-port.ts';
import type { ServicePlan, ServicePortPlan } from '../../plan/types.ts';
import { chosenFor, drainingFor } from './endpoint-choice.ts';

/** At which ports of the ClusterIP the sets of endpoints of one Service port are; undefined where a set is not used, or has nobody. */
export interface CanonicalPorts {
  readonly cluster: number | undefined;
  readonly local: number | undefined;
}

/**
 * Chooses where IPVS has its virtual servers for a Service. The set that clients of the ClusterIP get is at the Service's own port. Where
 * its other addresses need the other set, that one is at a port of its own: the NodePort's number, or another one that the Service does
 * not declare. The same plan has the same ports.
 */
export function canonicalPorts({ ports }: ServicePlan): readonly CanonicalPorts[] {
  const taken = new Set(ports.map(({ servicePort: { protocol, port } }) => `${protocol} ${port}`));
  return ports.map(plan => {
    const { servicePort } = plan;
    const uses = usesOf(plan);
    const own = servicePort.internalTrafficPolicy;
    const other = own === 'cluster' ? 'local' : 'cluster';
    const ownPort = uses[own] ? servicePort.port : undefined;
    const otherPort = uses[other] ? freePort(servicePort, taken) : undefined;
    return own === 'cluster' ? { cluster: ownPort, local: otherPort } : { cluster: otherPort, local: ownPort };
  });
}

/** Under policy Local, pods and this host take a short cut to all endpoints. */
function usesOf(plan: ServicePortPlan): Record<TrafficPolicy, boolean> {
  const { internalTrafficPolicy, externalTrafficPolicy } = plan.servicePort;
  const isExternal = plan.virtualServers.some(({ kind }) => kind !== 'ClusterIP');
  const isUsed = (policy: TrafficPolicy): boolean =>
    chosenFor(plan, policy).length > 0 || drainingFor(plan, policy).length > 0;
  return {
    cluster: (internalTrafficPolicy === 'cluster' || isExternal) && isUsed('cluster'),
    local: (internalTrafficPolicy === 'local' || (isExternal && externalTrafficPolicy === 'local')) && isUsed('local'),
  };
}

const PORTS = 65_535;

function freePort({ protocol, port, nodePort }: ServicePortPlan['servicePort'], taken: Set<string>): number {
  let candidate = nodePort || ((port + 32_767) % PORTS) + 1;
  while (taken.has(`${protocol} ${candidate}`)) candidate = (candidate % PORTS) + 1;
  taken.add(`${protocol} ${candidate}`);
  return candidate;
}
