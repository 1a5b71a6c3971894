// Objects as the API server has them, from their projections.

import type { EndpointSlice, Service } from '../../src/kube/types.ts';
import type { ApiObject } from '../fakes/fake-apiserver-store.ts';
import { NODE_NAME } from '../support/addresses.ts';
import type { NodeState } from '../property/cluster-events.ts';

const named = (names: readonly string[]): object[] => names.map(name => ({ name }));

export const apiService = (service: Service): ApiObject => ({
  kind: 'Service',
  metadata: {
    namespace: service.namespace,
    name: service.name,
    uid: service.uid,
    creationTimestamp: service.creationTimestamp,
  },
  spec: {
    type: service.type,
    clusterIP: service.clusterIP,
    clusterIPs: service.clusterIPs,
    ipFamilies: service.ipFamilies,
    ports: service.ports,
    externalIPs: service.externalIPs,
    loadBalancerSourceRanges: service.loadBalancerSourceRanges,
    externalTrafficPolicy: service.externalTrafficPolicy,
    internalTrafficPolicy: service.internalTrafficPolicy,
    healthCheckNodePort: service.healthCheckNodePort,
    sessionAffinity: service.sessionAffinity,
    sessionAffinityConfig: { clientIP: { timeoutSeconds: service.affinityTimeoutSeconds } },
  },
  status: { loadBalancer: { ingress: service.loadBalancerIngress } },
});

export const apiSlice = (slice: EndpointSlice): ApiObject => ({
  kind: 'EndpointSlice',
  metadata: {
    namespace: slice.namespace,
    name: slice.name,
    ...(slice.serviceName && { labels: { 'kubernetes.io/service-name': slice.serviceName } }),
  },
  addressType: slice.addressType,
  ports: slice.ports,
  endpoints: slice.endpoints.map(
    ({ address, traits: { ready, serving, terminating, nodeName, zoneHints, nodeHints } }) => ({
      addresses: [address],
      conditions: { ready, serving, terminating },
      nodeName,
      hints: { forZones: named(zoneHints), forNodes: named(nodeHints) },
    }),
  ),
});

/** The Node that the agent runs on. */
export const apiNode = ({ zone, nodeIPs }: Pick<NodeState, 'zone' | 'nodeIPs'>): ApiObject => ({
  kind: 'Node',
  metadata: { name: NODE_NAME, ...(zone && { labels: { 'topology.kubernetes.io/zone': zone } }) },
  status: { addresses: nodeIPs.map(address => ({ type: 'InternalIP', address })) },
});

export const apiServiceCIDRs = (cidrs: readonly string[]): ApiObject => ({
  kind: 'ServiceCIDR',
  metadata: { name: 'kubernetes' },
  spec: { cidrs },
});
