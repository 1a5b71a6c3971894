import type { DesiredTable } from '../backend/nftables/desired-table.ts';
import type { Service } from '../kube/types.ts';
import { familyLabel } from '../model/ip.ts';
import {
  formatServicePort,
  type TrafficPolicy,
  usesClusterEndpoints,
  usesLocalEndpoints,
} from '../model/service-port.ts';
import type { ServicePlan, ServicePortPlan } from '../plan/types.ts';
import { counted } from './element-text.ts';
import { choiceOf } from './endpoint-choice.ts';
import { frontEndOf } from './front-ends.ts';
import { ipvsServerOf, weighed, type IpvsServer } from './ipvs-servers.ts';
import { claimId, inForceAt, type Scene } from './scene.ts';
import type { ServiceExplanation, ServicePortExplanation } from './types.ts';

/**
 * All ways in to a Service, and its endpoints.
 * @param owner `ns/name`
 * @returns undefined where nothing is known of a Service of that name
 */
export function explainService(scene: Scene, owner: string): ServiceExplanation | undefined {
  const service = scene.index.service(owner);
  if (!service) {
    if (!scene.ofOtherProxies.has(owner)) return undefined;
    const summary = `${owner} is left to another proxy: it has the label service.kubernetes.io/service-proxy-name`;
    return { service: owner, type: '', summary, ports: [], notes: [] };
  }
  const plans = [...scene.tables].flatMap(([family, table]) => {
    const plan = scene.planOf(owner, family);
    return plan ? [{ table, plan }] : [];
  });
  const ports = plans.flatMap(({ table, plan }) => plan.ports.map(port => portOf(scene, table, owner, port)));
  return {
    service: owner,
    type: service.type,
    summary: summaryOf(owner, service, ports),
    ports,
    notes: [...notesOn(service, scene), ...notesOnPlans(plans.map(({ plan }) => plan))],
  };
}

function summaryOf(owner: string, service: Service, ports: readonly ServicePortExplanation[]): string {
  const { type, clusterIP } = service;
  if (type === 'ExternalName') return `${owner} is of type ExternalName: DNS answers for it, and nothing is forwarded`;
  if (clusterIP === 'None')
    return `${owner} is headless: DNS tells the addresses of its endpoints, and nothing is forwarded`;
  if (!ports.length)
    return clusterIP
      ? `${owner} has no port that could be forwarded`
      : `${owner} has no ClusterIP, which is the API server's to choose: nothing is forwarded`;
  const frontEnds = ports.flatMap(port => port.frontEnds);
  const count = (state: string): number => frontEnds.filter(one => one.state === state).length;
  const told = (['forwarded', 'rejected', 'dropped', 'taken'] as const)
    .filter(state => count(state))
    .map(state => `${count(state)} ${state === 'taken' ? 'taken by another Service' : state}`);
  const ways = frontEnds.length === 1 ? '1 way in' : `${frontEnds.length} ways in`;
  return `${owner} is of type ${type}, with ${ways}: ${told.join(', ')}`;
}

function portOf(scene: Scene, table: DesiredTable, owner: string, port: ServicePortPlan): ServicePortExplanation {
  const { servicePort } = port;
  const { family } = table.options;
  const policies = (['cluster', 'local'] as const).filter(policy =>
    policy === 'cluster' ? usesClusterEndpoints(servicePort) : usesLocalEndpoints(servicePort),
  );
  const servers = table.options.endpointsBy === 'ipvs' ? ipvsServers(scene, table, owner, port) : undefined;
  const choices = policies.map(policy => {
    const choice = choiceOf(scene, family, port, policy);
    const server = servers?.get(policy);
    return [policy, server ? weighed(choice, server, policy) : choice] as const;
  });
  const notes = new Set(choices.flatMap(([, { steps }]) => steps.map(({ about, says }) => `${about}: ${says}`)));
  return {
    servicePort: formatServicePort(servicePort),
    family,
    protocol: servicePort.protocol,
    ...(servicePort.affinityTimeoutSeconds !== undefined && {
      affinityTimeoutSeconds: servicePort.affinityTimeoutSeconds,
    }),
    frontEnds: port.virtualServers.map(one => frontEndOf(scene, table, owner, port, one)),
    ...(servers && { virtualServers: [...servers.values()].map(({ line }) => line) }),
    endpoints: Object.fromEntries(choices.map(([policy, { endpoints }]) => [policy, endpoints])),
    leftOut: choices.flatMap(([, { leftOut }]) => leftOut),
    notes: [...notes],
  };
}

/** The virtual server of each set of endpoints that some way in leads to. */
function ipvsServers(
  scene: Scene,
  table: DesiredTable,
  owner: string,
  port: ServicePortPlan,
): ReadonlyMap<TrafficPolicy, IpvsServer> {
  const servers = new Map<TrafficPolicy, IpvsServer>();
  for (const virtualServer of port.virtualServers) {
    const front = inForceAt(scene, table.options.family, claimId(virtualServer));
    if (!front || front.owner !== owner) continue;
    const own = port.servicePort.internalTrafficPolicy;
    // What goes to the ClusterIP itself is not rewritten, and has one set.
    const policies = virtualServer.kind === 'ClusterIP' ? [own] : (['cluster', 'local'] as const);
    for (const policy of policies) {
      const server = ipvsServerOf(table, front, policy);
      if (server) servers.set(policy, server);
    }
  }
  return servers;
}

/** What the Service asks for and does not get. */
function notesOn({ externalIPs, loadBalancerIngress }: Service, { view }: Scene): string[] {
  const notes: string[] = [];
  if (view.ignoresExternalIPs && externalIPs.length)
    notes.push('externalIPs are not forwarded: the feature gate AllowServiceExternalIPs is off');
  for (const { ip, ipMode } of loadBalancerIngress) {
    if (ipMode !== undefined && ipMode !== 'VIP')
      notes.push(`${ip} is not forwarded: its ipMode is ${ipMode}, so packets have to leave for the load balancer`);
  }
  return notes;
}

function notesOnPlans(plans: readonly ServicePlan[]): string[] {
  const problems = plans
    .flatMap(plan => plan.problems)
    .map(({ object, field, message }) => `${object}: ${field}: ${message}`);
  const checked = plans.filter(({ healthCheckNodePort }) => healthCheckNodePort);
  const checks = checked.map(
    ({ family, healthCheckNodePort, localReadyEndpoints }) =>
      `load balancers that ask port ${healthCheckNodePort} are told of ${counted(localReadyEndpoints, 'endpoint')} on this node (${familyLabel[family]})`,
  );
  return [...new Set([...problems, ...checks])];
}
