// Builders of the objects as `kube` projects them, and of what `model` makes of them. Each fills in what the API server would,
// and takes one argument with whatever matters to the test.

import type {
  EndpointSlice,
  EndpointSlicePort,
  Node,
  Service,
  ServicePortSpec,
  EndpointTraits,
  SliceEndpoint,
} from '../../src/kube/types.ts';
import type { Endpoint } from '../../src/model/endpoint.ts';
import { familyLabel } from '../../src/model/ip.ts';
import type { ServicePort } from '../../src/model/service-port.ts';
import type { NodeView } from '../../src/plan/types.ts';
import { ADDRESSES, NODE_NAME, ZONE } from './addresses.ts';

const familyNameOf = (address: string): string => (address.includes(':') ? familyLabel.ipv6 : familyLabel.ipv4);

/** Service `default/web`, a ClusterIP at 10.96.0.10:80/TCP. `clusterIPs` alone gives `clusterIP` and `ipFamilies`, and so does `clusterIP`. */
export function service(overrides: Partial<Service> = {}): Service {
  const clusterIPs = overrides.clusterIPs ?? [overrides.clusterIP ?? ADDRESSES.ipv4.clusterIP];
  return {
    namespace: 'default',
    name: 'web',
    uid: '6d0c2a3f-0000-4000-8000-000000000001',
    creationTimestamp: '2026-01-01T00:00:00Z',
    type: 'ClusterIP',
    clusterIP: clusterIPs[0] ?? '',
    clusterIPs,
    ipFamilies: clusterIPs.map(familyNameOf),
    ports: [servicePortSpec()],
    externalIPs: [],
    loadBalancerIngress: [],
    loadBalancerSourceRanges: [],
    externalTrafficPolicy: overrides.type && overrides.type !== 'ClusterIP' ? 'Cluster' : '',
    internalTrafficPolicy: 'Cluster',
    healthCheckNodePort: 0,
    sessionAffinity: 'None',
    affinityTimeoutSeconds: undefined,
    ...overrides,
  };
}

/** The unnamed port 80/TCP. */
export const servicePortSpec = (overrides: Partial<ServicePortSpec> = {}): ServicePortSpec => ({
  name: '',
  protocol: 'TCP',
  port: 80,
  nodePort: 0,
  ...overrides,
});

/** A slice `default/web-<family>` of `default/web` with port 8080/TCP, unnamed, and the family of its first endpoint. */
export function endpointSlice(overrides: Partial<EndpointSlice> = {}): EndpointSlice {
  const addressType = overrides.addressType ?? familyNameOf(overrides.endpoints?.[0]?.address ?? '');
  const serviceName = overrides.serviceName ?? 'web';
  return {
    namespace: 'default',
    name: `${serviceName}-${addressType.toLowerCase()}`,
    serviceName,
    addressType,
    ports: [slicePort()],
    endpoints: [],
    triggerTimeMs: undefined,
    ...overrides,
  };
}

/** The unnamed port 8080/TCP. */
export const slicePort = (overrides: Partial<EndpointSlicePort> = {}): EndpointSlicePort => ({
  name: '',
  protocol: 'TCP',
  port: 8080,
  ...overrides,
});

/** A ready endpoint at 10.244.1.10 on this node, without hints. */
export const sliceEndpoint = ({
  address = ADDRESSES.ipv4.podA,
  ...traits
}: Partial<EndpointTraits & Pick<SliceEndpoint, 'address'>> = {}): SliceEndpoint => ({
  address,
  traits: {
    ready: true,
    serving: true,
    terminating: false,
    nodeName: NODE_NAME,
    zoneHints: [],
    nodeHints: [],
    ...traits,
  },
});

/** Conditions of an endpoint, to be spread into one. */
export const NOT_READY = { ready: false, serving: false, terminating: false } as const;
/** Shutting down, but still answering. */
export const DRAINING = { ready: false, serving: true, terminating: true } as const;
/** Shutting down and no longer answering. */
export const STOPPED = { ready: false, serving: false, terminating: true } as const;
/** Neither ready nor shutting down, but answering. */
export const SERVING = { ready: false, serving: true, terminating: false } as const;

/** What `model` makes of {@link sliceEndpoint} at port 8080. */
export const endpoint = (overrides: Partial<Endpoint> = {}): Endpoint => ({
  address: ADDRESSES.ipv4.podA,
  ...sliceEndpoint().traits,
  port: 8080,
  ...overrides,
});

/** What `model` makes of {@link service}. */
export const servicePort = (overrides: Partial<ServicePort> = {}): ServicePort => ({
  namespace: 'default',
  service: 'web',
  portName: '',
  protocol: 'TCP',
  clusterIP: ADDRESSES.ipv4.clusterIP,
  port: 80,
  nodePort: 0,
  externalIPs: [],
  loadBalancerIPs: [],
  sourceRanges: [],
  internalTrafficPolicy: 'cluster',
  externalTrafficPolicy: 'cluster',
  affinityTimeoutSeconds: undefined,
  ...overrides,
});

/** This node, node-a, as the API server has it. */
export const node = (overrides: Partial<Node> = {}): Node => ({
  name: NODE_NAME,
  uid: '6d0c2a3f-0000-4000-8000-00000000000a',
  zone: ZONE,
  addresses: [ADDRESSES.ipv4.node, ADDRESSES.ipv6.node],
  podCIDRs: ['10.244.1.0/24', 'fd00:10:244:1::/64'],
  isBeingDeleted: false,
  kubeletVersion: 'v1.35.1',
  ...overrides,
});

/** This node, as planning sees it. */
export const nodeView = (overrides: Partial<NodeView> = {}): NodeView => ({
  name: NODE_NAME,
  zone: ZONE,
  addresses: { ipv4: ADDRESSES.ipv4.node, ipv6: ADDRESSES.ipv6.node },
  ...overrides,
});
