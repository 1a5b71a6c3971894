// The objects of the Kubernetes API that scenarios are written with, as the API server would hand them out.

import { HOSTS, isV6, NODE, NODE_NAME, PEER, PEER_NAME, POD_CIDRS, SERVICE_CIDRS } from './lib/hosts.ts';
import type {
  Conditions,
  Endpoint,
  EndpointPort,
  EndpointSlice,
  Hints,
  KubeObject,
  LoadBalancerIngress,
  Metadata,
  Node,
  Protocol,
  Service,
  ServicePort,
  ServiceSettings,
  Taint,
} from './lib/kube-object.ts';

/** A Service port; its target has the same number. */
export const port = (
  number: number,
  { protocol = 'TCP', name = '', ...more }: Partial<Omit<ServicePort, 'port'>> = {},
): ServicePort => ({ name, protocol, port: number, targetPort: number, ...more });
/** A TCP port of a Service. */
export const tcp = (number: number, more: Partial<ServicePort> = {}): ServicePort => port(number, more);
/** A UDP port of a Service. */
export const udp = (number: number, more: Partial<ServicePort> = {}): ServicePort =>
  port(number, { protocol: 'UDP', ...more });

export interface ServiceOptions extends ServiceSettings {
  /** The ClusterIP, or one of each family. */
  readonly ip?: string | readonly string[] | undefined;
  /** Load balancer addresses. */
  readonly vips?: readonly string[] | undefined;
  /** The load balancer's whole status, instead of `vips`. */
  readonly ingress?: readonly LoadBalancerIngress[] | undefined;
  readonly namespace?: string | undefined;
  readonly labels?: Record<string, string> | undefined;
  readonly annotations?: Record<string, string> | undefined;
}

/** A Service with the defaults that the API server would fill in. Settings go into the spec as they are. */
export function service(name: string, options: ServiceOptions = {}): Service {
  const { ip = [], ports = [tcp(80)], type = 'ClusterIP', vips, ingress, ...others } = options;
  const { namespace = 'default', labels, annotations, ...settings } = others;
  const clusterIPs = [ip].flat();
  const isExternal = type !== 'ClusterIP' || settings.externalIPs;
  const shown = ingress ?? vips?.map(address => ({ ip: address, ipMode: 'VIP' as const }));
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, labels, annotations },
    spec: {
      type,
      clusterIP: clusterIPs[0],
      clusterIPs,
      ipFamilies: clusterIPs.map(address => (isV6(address) ? 'IPv6' : 'IPv4')),
      ipFamilyPolicy: clusterIPs.length > 1 ? 'RequireDualStack' : 'SingleStack',
      internalTrafficPolicy: 'Cluster',
      ...(isExternal ? { externalTrafficPolicy: 'Cluster' as const } : {}),
      sessionAffinity: 'None',
      ports,
      ...settings,
    },
    status: { loadBalancer: shown ? { ingress: shown } : {} },
  };
}

/** Session affinity by client address, to be spread into a Service. */
export const clientIP = (timeoutSeconds = 10800) => ({
  sessionAffinity: 'ClientIP' as const,
  sessionAffinityConfig: { clientIP: { timeoutSeconds } },
});

/** An endpoint as scenarios describe it: what is not told is that of the host, which is ready. */
export interface EndpointOptions {
  readonly ready?: boolean;
  readonly serving?: boolean;
  readonly terminating?: boolean;
  /** Instead of the three above. */
  readonly conditions?: Conditions;
  readonly addresses?: readonly string[];
  /** Null for none. */
  readonly nodeName?: string | null;
  readonly zone?: string;
  readonly hints?: Hints;
}

export interface DescribedEndpoint extends EndpointOptions {
  /** A host's name; may be left out where addresses are given. */
  readonly host?: string;
}

const named = (names: readonly string[]) => names.map(name => ({ name }));

/** One endpoint: a host's name with conditions, hints and such. */
export const ep = (host: string, more: EndpointOptions = {}): DescribedEndpoint => ({ host, ...more });
/** Neither ready nor answering. */
export const notReady = (host: string): DescribedEndpoint => ep(host, { ready: false, serving: false });
/** Shutting down, but still answering. */
export const draining = (host: string): DescribedEndpoint =>
  ep(host, { ready: false, serving: true, terminating: true });
/** Shutting down and no longer answering. */
export const stopped = (host: string): DescribedEndpoint =>
  ep(host, { ready: false, serving: false, terminating: true });
/** Meant for these zones. */
export const forZones = (host: string, ...zones: string[]): DescribedEndpoint =>
  ep(host, { hints: { forZones: named(zones) } });
/** Meant for these nodes, and zones where given. */
export const forNodes = (host: string, nodes: readonly string[], zones?: readonly string[]): DescribedEndpoint =>
  ep(host, { hints: { forNodes: named(nodes), ...(zones ? { forZones: named(zones) } : {}) } });

/** An EndpointSlice port. */
export const target = (
  number: number,
  { protocol = 'TCP', name = '' }: { protocol?: Protocol; name?: string } = {},
): EndpointPort => ({ name, protocol, port: number });

function endpoint(described: string | DescribedEndpoint, family: 'v4' | 'v6'): Endpoint {
  const {
    host = '',
    ready = true,
    serving = true,
    terminating = false,
    ...more
  } = typeof described === 'string' ? { host: described } : described;
  const known = HOSTS[host];
  const nodeName = more.nodeName === undefined ? known?.node : more.nodeName;
  const zone = more.zone ?? known?.zone;
  return {
    addresses: more.addresses ?? [known?.[family]],
    conditions: more.conditions ?? { ready, serving, terminating },
    ...(nodeName ? { nodeName } : {}),
    ...(zone ? { zone } : {}),
    ...(more.hints ? { hints: more.hints } : {}),
  };
}

export interface SliceOptions {
  readonly name?: string;
  readonly family?: 'v4' | 'v6';
  readonly ports?: readonly EndpointPort[] | undefined;
  readonly namespace?: string;
  /** Undefined leaves out a label that would be there by default. */
  readonly labels?: Record<string, string | undefined>;
  readonly addressType?: string;
}

/** An EndpointSlice of a Service. Endpoints are hosts' names or what `ep` makes. */
export function slice(
  of: string,
  endpoints: readonly (string | DescribedEndpoint)[],
  { name, family = 'v4', ports = [target(8080)], namespace = 'default', labels, addressType }: SliceOptions = {},
): EndpointSlice {
  const type = addressType ?? (family === 'v6' ? 'IPv6' : 'IPv4');
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    addressType: type,
    metadata: {
      name: name ?? `${of}-${type.toLowerCase()}`,
      namespace,
      labels: {
        'kubernetes.io/service-name': of,
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        ...labels,
      },
    },
    ports,
    endpoints: endpoints.map(one => endpoint(one, family)),
  };
}

export interface NodeOptions {
  readonly labels?: Record<string, string>;
  readonly taints?: readonly Taint[];
  readonly metadata?: Partial<Metadata>;
}

/** A Node; by default the one the proxy runs on. */
export function node(
  name: typeof NODE_NAME | typeof PEER_NAME = NODE_NAME,
  { labels, taints, metadata }: NodeOptions = {},
): Node {
  const host = name === PEER_NAME ? PEER : NODE;
  const cidrs = POD_CIDRS[name];
  const own = {
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': 'linux',
    'topology.kubernetes.io/zone': host.zone,
  };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: labels ?? own, ...metadata },
    spec: { podCIDR: cidrs.v4, podCIDRs: [cidrs.v4, cidrs.v6], ...(taints ? { taints } : {}) },
    status: {
      addresses: [
        { type: 'InternalIP', address: host.v4 },
        { type: 'InternalIP', address: host.v6 },
        { type: 'Hostname', address: name },
      ],
      conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady' }],
    },
  };
}

/** A ServiceCIDR with both service ranges of the harness. */
export const serviceCIDR = (name = 'kubernetes') => {
  const condition = {
    type: 'Ready',
    status: 'True',
    reason: '',
    message: '',
    lastTransitionTime: '2025-01-01T00:00:00Z',
  };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'ServiceCIDR',
    metadata: { name },
    spec: { cidrs: [SERVICE_CIDRS.v4, SERVICE_CIDRS.v6] },
    status: { conditions: [condition] },
  } satisfies KubeObject & Record<string, unknown>;
};
