// Histories of a small cluster and of the node in it: more of what meets in the kernel than the histories of the model have, which come in
// between. Services share addresses, node ports and endpoints.

import * as fc from 'fast-check';
import type { EndpointSlice, Service } from '../../src/kube/types.ts';
import { objectKey } from '../../src/model/object-key.ts';
import { endpointSlice, service, servicePortSpec, sliceEndpoint, slicePort } from '../support/builders.ts';
import { events as modelEvents, finalStateOf, type Event, type FinalState } from './model/histories.ts';

/** What of the node changes how Services are forwarded. */
export interface NodeState {
  readonly zone: string | undefined;
  /** Of the Node object. */
  readonly nodeIPs: readonly string[];
  /** Of all interfaces. */
  readonly localAddresses: readonly string[];
  readonly serviceCIDRs: readonly string[];
  /** Where NodePorts are: everywhere, or at the addresses in these. */
  readonly nodePortCIDRs: readonly string[] | undefined;
  readonly masqueradeAll: boolean;
}

export interface NodeEvent {
  readonly kind: 'node';
  readonly change: Partial<NodeState>;
}

export type ClusterEvent = Event | NodeEvent;

export const FIRST_NODE: NodeState = {
  zone: 'zone-a',
  nodeIPs: ['192.168.100.1', 'fd00:100::1'],
  localAddresses: ['127.0.0.1', '192.168.100.1', '::1', 'fd00:100::1'],
  serviceCIDRs: ['10.96.0.0/16', 'fd00:10:96::/112'],
  nodePortCIDRs: undefined,
  masqueradeAll: false,
};

const NAMES = ['web', 'api', 'web-1'] as const;
const NAMESPACES = ['default', 'shop'] as const;
const PORT_NAMES = ['', 'http', 'dns'] as const;
const PROTOCOLS = ['TCP', 'UDP', 'SCTP'] as const;
/** In no order, and within each other. */
const RANGES = [
  '192.168.0.0/16',
  '192.168.100.0/24',
  '192.168.100.1/32',
  '10.0.0.0/8',
  '10.128.0.0/9',
  '0.0.0.0/0',
  'fd00::/8',
  'fd00:100::/64',
  '::/0',
] as const;

/** The number of a Service: each has a ClusterIP of its own, and some share one all the same. */
const numberOf = (namespace: string, name: string): number =>
  10 + NAMESPACES.indexOf(namespace as 'shop') * 10 + NAMES.indexOf(name as 'web');

const clusterIPs = (own: number): string[][] => [
  [`10.96.0.${own}`],
  [`10.96.0.${own}`, `fd00:10:96::${own}`],
  [`fd00:10:96::${own}`],
  ['10.96.0.10', 'fd00:10:96::10'],
];

const services: fc.Arbitrary<Service> = fc
  .record({
    namespace: fc.constantFrom(...NAMESPACES),
    name: fc.constantFrom(...NAMES),
    creationTimestamp: fc.constantFrom('2026-01-01T00:00:00Z', '2025-01-01T00:00:00Z', '2024-01-01T00:00:00Z'),
    type: fc.constantFrom('ClusterIP', 'NodePort', 'LoadBalancer'),
    clusterIPs: fc.nat(3),
    ports: fc.uniqueArray(
      fc.record({
        name: fc.constantFrom(...PORT_NAMES),
        protocol: fc.constantFrom(...PROTOCOLS),
        port: fc.constantFrom(80, 81),
        nodePort: fc.constantFrom(0, 30_080, 30_081),
      }),
      { minLength: 1, maxLength: 3, selector: ({ name }) => name },
    ),
    externalIPs: fc.subarray(['203.0.113.30', '203.0.113.20', '192.168.100.1', '2001:db8:5::30']),
    loadBalancerIngress: fc.subarray(
      ['203.0.113.20', '203.0.113.21', '2001:db8:5::20'].map(ip => ({ ip, ipMode: undefined })),
    ),
    loadBalancerSourceRanges: fc.subarray([...RANGES]),
    internalTrafficPolicy: fc.constantFrom('Cluster', 'Cluster', 'Local'),
    externalTrafficPolicy: fc.constantFrom('Cluster', 'Local'),
    sessionAffinity: fc.constantFrom('None', 'None', 'ClientIP'),
    affinityTimeoutSeconds: fc.constantFrom(undefined, 10, 86_400),
  })
  .map(({ clusterIPs: choice, ports, ...rest }) =>
    service({
      ...rest,
      clusterIPs: clusterIPs(numberOf(rest.namespace, rest.name))[choice] ?? [],
      ports: ports.map(servicePortSpec),
    }),
  );

const ENDPOINTS = {
  IPv4: ['10.244.1.10', '10.244.1.11', '10.244.2.10', '10.244.2.11', '10.244.2.12'],
  IPv6: ['fd00:10:244:1::10', 'fd00:10:244:2::10', 'fd00:10:244:2::11'],
} as const;

const slices: fc.Arbitrary<EndpointSlice> = fc
  .constantFrom('IPv4' as const, 'IPv4' as const, 'IPv6' as const)
  .chain(addressType =>
    fc
      .record({
        namespace: fc.constantFrom(...NAMESPACES),
        name: fc.constantFrom('one', 'two', 'three', 'four'),
        serviceName: fc.constantFrom(...NAMES),
        ports: fc.array(
          fc.record({
            name: fc.constantFrom(...PORT_NAMES),
            protocol: fc.constantFrom(...PROTOCOLS),
            port: fc.constantFrom(8080, 8081),
          }),
          { minLength: 1, maxLength: 4 },
        ),
        endpoints: fc.array(
          fc.record({
            address: fc.constantFrom(...ENDPOINTS[addressType]),
            ready: fc.constantFrom(true, true, false),
            serving: fc.boolean(),
            terminating: fc.constantFrom(false, false, true),
            nodeName: fc.constantFrom('node-a', 'node-b'),
            zoneHints: fc.constantFrom([], [], ['zone-a'], ['zone-b']),
            nodeHints: fc.constantFrom([], [], [], ['node-a']),
          }),
          { maxLength: 5 },
        ),
      })
      .map(({ ports, endpoints, ...rest }) =>
        endpointSlice({ ...rest, addressType, ports: ports.map(slicePort), endpoints: endpoints.map(sliceEndpoint) }),
      ),
  );

const nodeChanges: fc.Arbitrary<Partial<NodeState>> = fc.oneof(
  fc.record({ zone: fc.constantFrom(undefined, 'zone-a', 'zone-b') }),
  fc.record({ nodeIPs: fc.subarray(['192.168.100.1', '203.0.113.20', 'fd00:100::1', '2001:db8:5::20']) }),
  fc.record({
    localAddresses: fc.subarray(['127.0.0.1', '192.168.100.1', '192.168.100.7', '::1', 'fd00:100::1', 'fd00:100::7']),
  }),
  fc.record({
    serviceCIDRs: fc.subarray([
      '10.96.0.0/16',
      '10.96.0.0/12',
      '10.97.0.0/16',
      '10.97.3.0/24',
      'fd00:10:96::/112',
      'fd00:10:96::/64',
    ]),
  }),
  fc.record({ nodePortCIDRs: fc.constantFrom(undefined, ['192.168.0.0/16', 'fd00:100::/64'], ['10.0.0.0/8', '::/0']) }),
  fc.record({ masqueradeAll: fc.boolean() }),
);

export const clusterEvents: fc.Arbitrary<ClusterEvent> = fc.oneof(
  { weight: 5, arbitrary: services.map((object): ClusterEvent => ({ kind: 'set-service', object })) },
  { weight: 6, arbitrary: slices.map((object): ClusterEvent => ({ kind: 'set-slice', object })) },
  { weight: 2, arbitrary: services.map((object): ClusterEvent => ({ kind: 'delete-service', object })) },
  { weight: 1, arbitrary: slices.map((object): ClusterEvent => ({ kind: 'delete-slice', object })) },
  { weight: 2, arbitrary: modelEvents },
  { weight: 2, arbitrary: nodeChanges.map((change): ClusterEvent => ({ kind: 'node', change })) },
);

/** What a history leaves behind. */
export interface ClusterState extends FinalState {
  readonly node: NodeState;
}

export function clusterStateOf(history: readonly ClusterEvent[]): ClusterState {
  const changes = history.filter(event => event.kind === 'node').map(({ change }) => change);
  return {
    ...finalStateOf(history.filter(event => event.kind !== 'node')),
    node: changes.reduce<NodeState>((node, change) => ({ ...node, ...change }), FIRST_NODE),
  };
}

/** What an event is about; those about different things do not depend on each other. */
export function subjectOf(event: ClusterEvent): string {
  if (event.kind === 'node') return `node ${Object.keys(event.change).join()}`;
  return `${event.kind.replace(/^\w+-/, '')} ${objectKey(event.object)}`;
}
