import type { Problem, Service } from '../kube/types.ts';
import type { Cidr, Family } from './ip.ts';
import { isPortNumber, type Protocol, validPortsOf } from './port-spec.ts';
import { problemsOf, type Report } from './problem-list.ts';
import { isSchedulerName, parseSchedulerFlags, type SchedulerFlag } from './scheduler-flags.ts';
import { serviceAddressesOf } from './service-addresses.ts';

export type { Protocol } from './port-spec.ts';
export type TrafficPolicy = 'cluster' | 'local';

/** One port of one Service, seen by one IP family (reference: kube-proxy's ServicePort). */
export interface ServicePort {
  readonly namespace: string;
  readonly service: string;
  /** Name of the port; empty for the one unnamed port. */
  readonly portName: string;
  readonly protocol: Protocol;
  /** Canonical, as all addresses here. */
  readonly clusterIP: string;
  readonly port: number;
  /** 0 where there is none. */
  readonly nodePort: number;
  /** Without those that are load balancer IPs as well. */
  readonly externalIPs: readonly string[];
  /** Ingress IPs of mode VIP. */
  readonly loadBalancerIPs: readonly string[];
  /** Ranges of this family; empty: no firewall. */
  readonly sourceRanges: readonly Cidr[];
  readonly internalTrafficPolicy: TrafficPolicy;
  readonly externalTrafficPolicy: TrafficPolicy;
  /** Seconds of ClientIP affinity; undefined without affinity. */
  readonly affinityTimeoutSeconds: number | undefined;
  /** What the Service asks of mode ipvs: a scheduler, or flags of the one that it gets. */
  readonly ipvs?: SchedulerChoice;
}

export interface SchedulerChoice {
  readonly scheduler?: string;
  readonly schedulerFlags?: readonly SchedulerFlag[];
}

export interface ServicePorts {
  readonly ports: readonly ServicePort[];
  /** Port of the health check server; 0 where there is none. The same in both families. */
  readonly healthCheckNodePort: number;
  readonly problems: readonly Problem[];
}

/** `ns/name:port`, or `ns/name` for an unnamed port: how kube-proxy prints it. */
export const formatServicePort = ({
  namespace,
  service,
  portName,
}: Pick<ServicePort, 'namespace' | 'service' | 'portName'>): string =>
  portName ? `${namespace}/${service}:${portName}` : `${namespace}/${service}`;

/** Whether anything but the ClusterIP leads to this port, in its family. */
export const isExternallyAccessible = ({ nodePort, loadBalancerIPs, externalIPs }: ServicePort): boolean =>
  nodePort !== 0 || loadBalancerIPs.length > 0 || externalIPs.length > 0;

/**
 * Whether endpoints of the whole cluster count. External access always needs them, even under policy Local: traffic of
 * pods and of this host takes a short cut to them.
 */
export const usesClusterEndpoints = (port: ServicePort): boolean =>
  port.internalTrafficPolicy === 'cluster' || isExternallyAccessible(port);

/** Whether the endpoints of this node count by themselves. */
export const usesLocalEndpoints = (port: ServicePort): boolean =>
  port.internalTrafficPolicy === 'local' || (port.externalTrafficPolicy === 'local' && isExternallyAccessible(port));

const DEFAULT_AFFINITY_TIMEOUT_SECONDS = 10_800;
const MAX_AFFINITY_TIMEOUT_SECONDS = 86_400;

/**
 * Reads the ports of a Service for one family. What is wrong in it costs the part that is wrong and is reported; a
 * problem that belongs to no family is reported in each.
 * @returns no ports where this family does not proxy the Service: ExternalName, headless, or no ClusterIP of the family.
 */
export function servicePortsOf(service: Service, family: Family): ServicePorts {
  const { problems, report } = problemsOf('Service', service);
  const isProxied = service.type !== 'ExternalName' && service.clusterIP !== '' && service.clusterIP !== 'None';
  const addresses = isProxied ? serviceAddressesOf(service, family, report) : undefined;
  if (!addresses) return { ports: [], healthCheckNodePort: 0, problems };
  const internalTrafficPolicy = service.internalTrafficPolicy === 'Local' ? 'local' : 'cluster';
  const externalTrafficPolicy = externalTrafficPolicyOf(service);
  const affinityTimeoutSeconds = affinityTimeoutOf(service, report);
  const ipvs = schedulerChoiceOf(service, report);
  const ports = validPortsOf(service.ports, report).map(({ name, protocol, port, nodePort }): ServicePort => ({
    namespace: service.namespace,
    service: service.name,
    portName: name,
    protocol,
    clusterIP: addresses.clusterIP,
    port,
    nodePort,
    externalIPs: addresses.externalIPs,
    loadBalancerIPs: addresses.loadBalancerIPs,
    sourceRanges: addresses.sourceRanges,
    internalTrafficPolicy,
    externalTrafficPolicy,
    affinityTimeoutSeconds,
    ...(ipvs && { ipvs }),
  }));
  return { ports, healthCheckNodePort: ports.length > 0 ? healthCheckNodePortOf(service, report) : 0, problems };
}

/** Counts only where the type gives access from outside (ExternalPolicyLocal of k8s.io/kubernetes/pkg/api/v1/service). */
function externalTrafficPolicyOf({ type, externalIPs, externalTrafficPolicy }: Service): TrafficPolicy {
  const isExternal = type === 'LoadBalancer' || type === 'NodePort' || externalIPs.length > 0;
  return isExternal && externalTrafficPolicy === 'Local' ? 'local' : 'cluster';
}

function affinityTimeoutOf(service: Service, report: Report): number | undefined {
  if (service.sessionAffinity !== 'ClientIP') return undefined;
  const seconds = service.affinityTimeoutSeconds ?? DEFAULT_AFFINITY_TIMEOUT_SECONDS;
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= MAX_AFFINITY_TIMEOUT_SECONDS) return seconds;
  const field = 'spec.sessionAffinityConfig.clientIP.timeoutSeconds';
  report(
    field,
    `${seconds} is not within 1 and ${MAX_AFFINITY_TIMEOUT_SECONDS}, ${DEFAULT_AFFINITY_TIMEOUT_SECONDS} is used`,
  );
  return DEFAULT_AFFINITY_TIMEOUT_SECONDS;
}

function schedulerChoiceOf({ ipvs }: Service, report: Report): SchedulerChoice | undefined {
  if (!ipvs) return undefined;
  const scheduler = ipvs.scheduler || undefined;
  const flags = ipvs.schedulerFlags ? parseSchedulerFlags(ipvs.schedulerFlags.split(',').map(word => word.trim())) : [];
  const isName = scheduler === undefined || isSchedulerName(scheduler);
  if (!isName) report('metadata.annotations[sluice/ipvs-scheduler]', `${JSON.stringify(scheduler)} is no scheduler`);
  if (!flags) {
    const field = 'metadata.annotations[sluice/ipvs-scheduler-flags]';
    report(field, `${JSON.stringify(ipvs.schedulerFlags)} is no list of flags, as sh-fallback,sh-port is`);
  }
  return {
    ...(isName && scheduler !== undefined && { scheduler }),
    ...(flags && ipvs.schedulerFlags && { schedulerFlags: flags }),
  };
}

function healthCheckNodePortOf(service: Service, report: Report): number {
  if (service.type !== 'LoadBalancer' || service.externalTrafficPolicy !== 'Local') return 0;
  const { healthCheckNodePort } = service;
  if (isPortNumber(healthCheckNodePort)) return healthCheckNodePort;
  report(
    'spec.healthCheckNodePort',
    healthCheckNodePort === 0
      ? 'there is none, so load balancers cannot ask for local endpoints'
      : `${healthCheckNodePort} is not a port number`,
  );
  return 0;
}
