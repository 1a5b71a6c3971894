import type { EndpointSlice, Problem, Service } from '../kube/types.ts';
import { type Endpoint, formatEndpoint } from '../model/endpoint.ts';
import { endpointsOf } from '../model/endpoint-set.ts';
import { SLICE_WEIGHTS, type WeightSource } from '../model/endpoint-weights.ts';
import type { Cidr, Family } from '../model/ip.ts';
import { objectKey } from '../model/object-key.ts';
import {
  type ServicePort,
  servicePortsOf,
  type TrafficPolicy,
  usesClusterEndpoints,
  usesLocalEndpoints,
} from '../model/service-port.ts';
import { categorizeEndpoints } from './categorize-endpoints.ts';
import { isLocalTo } from './node-view.ts';
import type { NodeView, RealServer, ServicePlan, ServicePortPlan } from './types.ts';
import { allowedSources, virtualServersOf } from './virtual-server.ts';

/** What the plan of one Service is made of. */
export interface ServiceInput {
  readonly service: Service;
  /** All slices of the Service, in any order; those of the other family are passed over. */
  readonly slices: readonly EndpointSlice[];
  /** Of endpoints, for mode ipvs; not set: what slices say. */
  readonly weights?: WeightSource;
}

/**
 * Plans what this node does for one Service in one family.
 * @returns undefined where the family does not proxy it and nothing is wrong with that.
 */
export function planService(
  { service: told, slices, weights = SLICE_WEIGHTS }: ServiceInput,
  family: Family,
  node: NodeView,
): ServicePlan | undefined {
  const service = node.ignoresExternalIPs ? { ...told, externalIPs: [] } : told;
  const { ports, healthCheckNodePort, problems: serviceProblems } = servicePortsOf(service, family);
  if (ports.length === 0 && serviceProblems.length === 0) return undefined;
  // The addresses and ranges of a Service are the same for all of its ports.
  const sources = ports[0] && allowedSources(ports[0], family, node);
  const problems = [...serviceProblems];
  const localReady = new Set<string>();
  const portPlans = ports.map(port => {
    const set = endpointsOf(slices, family, port.portName, port.protocol);
    problems.push(...set.problems);
    for (const endpoint of set.endpoints) {
      if (endpoint.ready && isLocalTo(node, endpoint)) localReady.add(endpoint.address);
    }
    return planPort(port, set, sources, node, endpoint => {
      const { weight, problem } = weights.of(endpoint);
      if (problem) problems.push(problem);
      return weight;
    });
  });
  return {
    service: objectKey(service),
    family,
    seniority: seniorityOf(service),
    ports: portPlans,
    healthCheckNodePort,
    localReadyEndpoints: localReady.size,
    problems: problems.length > 1 ? withoutRepeated(problems) : problems,
  };
}

function planPort(
  servicePort: ServicePort,
  set: Parameters<typeof categorizeEndpoints>[0],
  sources: readonly Cidr[] | undefined,
  node: NodeView,
  weightOf: (endpoint: Endpoint) => number | undefined,
): ServicePortPlan {
  const policies: TrafficPolicy[] = [];
  if (usesClusterEndpoints(servicePort)) policies.push('cluster');
  if (usesLocalEndpoints(servicePort)) policies.push('local');
  const { cluster, local, hasEndpoints, leftOut } = categorizeEndpoints(set, policies, node);
  const realServer = (endpoint: Endpoint): RealServer => {
    const { address, port } = endpoint;
    const weight = weightOf(endpoint);
    const isLocal = isLocalTo(node, endpoint);
    return weight === undefined ? { address, port, isLocal } : { address, port, isLocal, weight };
  };
  const localEndpoints = local.map(realServer);
  return {
    servicePort,
    clusterEndpoints: cluster.map(realServer),
    localEndpoints,
    hasEndpoints,
    leftOut,
    virtualServers: virtualServersOf(servicePort, { localEndpoints, hasEndpoints }, sources),
    servingEndpoints: servicePort.protocol === 'UDP' ? set.endpoints.filter(mayGoOn).map(formatEndpoint) : [],
  };
}

/** An endpoint that is published although it does not serve gets new flows, so it may keep those that it has. */
const mayGoOn = ({ ready, serving }: Endpoint): boolean => ready || serving;

/** Creation times sort as text; a Service that has none, as in a manifest, is younger than all that do. */
const seniorityOf = (service: Service): string => [service.creationTimestamp || '~', objectKey(service)].join(' ');

/** The address of a slice's endpoint is wrong for each port of the Service anew, and the weight of a Node for each endpoint. */
function withoutRepeated(problems: readonly Problem[]): Problem[] {
  const byField = new Map(problems.map(problem => [`${problem.object} ${problem.field}`, problem]));
  return [...byField.values()];
}
