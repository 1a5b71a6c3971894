import { type Cidr, cidrContains, hostCidr, type Address, type Family, withoutCovered } from '../model/ip.ts';
import type { ServicePort, TrafficPolicy } from '../model/service-port.ts';
import type { NodeView, ServicePortPlan, VirtualServer, VirtualServerKind } from './types.ts';

/** What is there to forward to, for the virtual servers of one Service port. */
export type Forwarding = Pick<ServicePortPlan, 'localEndpoints' | 'hasEndpoints'>;

/**
 * Makes the virtual servers of one Service port: ClusterIP, external IPs, load balancer IPs, NodePort.
 * @param sourceRanges who may use the load balancer IPs, see {@link allowedSources}.
 */
export function virtualServersOf(
  servicePort: ServicePort,
  forwarding: Forwarding,
  sourceRanges: readonly Cidr[] | undefined,
): VirtualServer[] {
  const { clusterIP, externalIPs, loadBalancerIPs, port, nodePort, protocol } = servicePort;
  const internal = internalForwarding(servicePort.internalTrafficPolicy, forwarding);
  const external = externalForwarding(servicePort.externalTrafficPolicy, forwarding);
  const common = { port, protocol, sourceRanges: undefined };
  // Where one address is of several kinds, the last one has it, as in kube-proxy's map.
  const byAddress = new Map<string, VirtualServer>();
  const add = (kind: VirtualServerKind, address: string, rest: Behaviour): void => {
    byAddress.set(address, { kind, address, ...common, ...rest });
  };
  add('ClusterIP', clusterIP, internal);
  for (const address of externalIPs) add('ExternalIP', address, external);
  for (const address of loadBalancerIPs) add('LoadBalancer', address, { ...external, sourceRanges });
  const servers = [...byAddress.values()];
  if (nodePort !== 0) servers.push({ kind: 'NodePort', address: undefined, ...common, ...external, port: nodePort });
  return servers;
}

type Behaviour = Pick<VirtualServer, 'forward' | 'unavailable' | 'masquerade'> &
  Partial<Pick<VirtualServer, 'sourceRanges'>>;

const REJECT: Behaviour = { forward: 'none', unavailable: 'reject', masquerade: false };

/** Endpoints elsewhere make the difference between a drop and a rejection: a retry may reach another node. */
function internalForwarding(policy: TrafficPolicy, { hasEndpoints, localEndpoints }: Forwarding): Behaviour {
  if (!hasEndpoints) return REJECT;
  if (policy === 'local' && localEndpoints.length === 0)
    return { forward: 'none', unavailable: 'drop', masquerade: false };
  return { forward: policy, unavailable: undefined, masquerade: false };
}

function externalForwarding(policy: TrafficPolicy, { hasEndpoints, localEndpoints }: Forwarding): Behaviour {
  if (!hasEndpoints) return REJECT;
  if (policy === 'cluster') return { forward: 'cluster', unavailable: undefined, masquerade: true };
  // Without local endpoints the short cuts of pods and of this host still lead somewhere.
  return { forward: 'local', unavailable: localEndpoints.length === 0 ? 'drop' : undefined, masquerade: false };
}

/**
 * Tells from where the load balancer IPs of a Service may be used. A node within the ranges may use them when they are
 * bound on it, too: its packets have the load balancer IP for source then.
 * @returns undefined where there is no restriction.
 */
export function allowedSources(
  { sourceRanges, loadBalancerIPs }: Pick<ServicePort, 'sourceRanges' | 'loadBalancerIPs'>,
  family: Family,
  node: NodeView,
): readonly Cidr[] | undefined {
  if (sourceRanges.length === 0 || loadBalancerIPs.length === 0) return undefined;
  const nodeAddress = node.addresses[family];
  const addressOf = (text: string): Address => ({ family, text });
  const holdsNode =
    nodeAddress !== undefined && sourceRanges.some(range => cidrContains(range, addressOf(nodeAddress)));
  const own = holdsNode ? loadBalancerIPs.map(address => hostCidr(addressOf(address))) : [];
  return withoutCovered([...sourceRanges, ...own]);
}
