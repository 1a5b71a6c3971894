// Histories of a small cluster: few names, addresses and ports, so that everything meets everything.

import * as fc from 'fast-check';
import type { EndpointSlice, Service } from '../../../src/kube/types.ts';
import type { Family } from '../../../src/model/ip.ts';
import { objectKey } from '../../../src/model/object-key.ts';
import type { ServiceIndex } from '../../../src/model/service-index.ts';
import { planService } from '../../../src/plan/service-plan.ts';
import type { ServicePlan } from '../../../src/plan/types.ts';
import { endpointSlice, nodeView, service, servicePortSpec, sliceEndpoint, slicePort } from '../../support/builders.ts';

export type Event =
  | { readonly kind: 'set-service'; readonly object: Service }
  | { readonly kind: 'delete-service'; readonly object: Pick<Service, 'namespace' | 'name'> }
  | { readonly kind: 'set-slice'; readonly object: EndpointSlice }
  | { readonly kind: 'delete-slice'; readonly object: Pick<EndpointSlice, 'namespace' | 'name'> };

/** What a cluster holds after a history, kept as simply as can be. */
export interface FinalState {
  readonly services: ReadonlyMap<string, Service>;
  readonly slices: ReadonlyMap<string, EndpointSlice>;
}

const NAMESPACES = ['default', 'shop'] as const;
const SERVICES = ['web', 'api', 'web-1'] as const;
const PORT_NAMES = ['', 'http', 'dns'] as const;
const PROTOCOLS = ['TCP', 'UDP'] as const;
const ADDRESSES = [
  '10.244.1.10',
  '010.244.001.010',
  '10.244.2.10',
  'fd00::10',
  'FD00:0::10',
  'fd00::20',
  'nonsense',
  '',
] as const;

const services: fc.Arbitrary<Service> = fc
  .record({
    namespace: fc.constantFrom(...NAMESPACES),
    name: fc.constantFrom(...SERVICES),
    type: fc.constantFrom('ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'),
    clusterIPs: fc.constantFrom(
      ['10.96.0.10'],
      ['10.96.0.10', 'fd00:10:96::10'],
      ['fd00:10:96::10'],
      ['None'],
      ['nonsense'],
    ),
    ports: fc.uniqueArray(
      fc.record({
        name: fc.constantFrom(...PORT_NAMES),
        protocol: fc.constantFrom(...PROTOCOLS),
        port: fc.constantFrom(80, 81),
        nodePort: fc.constantFrom(0, 30_080),
      }),
      { maxLength: 3 },
    ),
    externalIPs: fc.subarray(['203.0.113.30', '203.0.113.20', '2001:db8:5::30', 'nonsense', ' ']),
    loadBalancerIngress: fc.subarray([
      { ip: '203.0.113.20', ipMode: undefined },
      { ip: '203.0.113.21', ipMode: 'Proxy' },
    ]),
    loadBalancerSourceRanges: fc.subarray(['192.168.100.0/24', '198.51.100.0/24', 'fd00::/8', 'nonsense']),
    internalTrafficPolicy: fc.constantFrom('Cluster', 'Local'),
    externalTrafficPolicy: fc.constantFrom('Cluster', 'Local'),
  })
  .map(({ ports, ...rest }) => service({ ...rest, ports: ports.map(servicePortSpec) }));

const slices: fc.Arbitrary<EndpointSlice> = fc
  .record({
    namespace: fc.constantFrom(...NAMESPACES),
    name: fc.constantFrom('one', 'two', 'three', 'four'),
    serviceName: fc.constantFrom(...SERVICES, 'nobody', ''),
    addressType: fc.constantFrom('IPv4', 'IPv4', 'IPv6', 'FQDN'),
    ports: fc.array(
      fc.record({
        name: fc.constantFrom(...PORT_NAMES),
        protocol: fc.constantFrom(...PROTOCOLS),
        port: fc.constantFrom(8080, 8081),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    endpoints: fc.array(
      fc.record({
        address: fc.constantFrom(...ADDRESSES),
        ready: fc.boolean(),
        serving: fc.boolean(),
        terminating: fc.boolean(),
        nodeName: fc.constantFrom('node-a', 'node-b', ''),
        zoneHints: fc.constantFrom([], ['zone-a'], ['zone-b']),
        nodeHints: fc.constantFrom([], [], ['node-a'], ['node-b']),
      }),
      { maxLength: 4 },
    ),
    triggerTimeMs: fc.constantFrom(undefined, 1, 2),
  })
  .map(({ ports, endpoints, ...rest }) =>
    endpointSlice({ ...rest, ports: ports.map(slicePort), endpoints: endpoints.map(sliceEndpoint) }),
  );

export const events: fc.Arbitrary<Event> = fc.oneof(
  { weight: 3, arbitrary: services.map((object): Event => ({ kind: 'set-service', object })) },
  { weight: 1, arbitrary: services.map((object): Event => ({ kind: 'delete-service', object })) },
  { weight: 4, arbitrary: slices.map((object): Event => ({ kind: 'set-slice', object })) },
  { weight: 1, arbitrary: slices.map((object): Event => ({ kind: 'delete-slice', object })) },
);

export const histories: fc.Arbitrary<readonly Event[]> = fc.array(events, { maxLength: 30, size: 'max' });

/** @returns the keys of the Services that the event touched. */
export function take(index: ServiceIndex, event: Event): readonly string[] {
  if (event.kind === 'set-service') return index.setService(event.object);
  if (event.kind === 'delete-service') return index.deleteService(objectKey(event.object));
  if (event.kind === 'set-slice') return index.setSlice(event.object);
  return index.deleteSlice(objectKey(event.object));
}

export function finalStateOf(history: readonly Event[]): FinalState {
  const [services, slices] = [new Map<string, Service>(), new Map<string, EndpointSlice>()];
  for (const event of history) {
    const key = objectKey(event.object);
    if (event.kind === 'set-service') services.set(key, event.object);
    else if (event.kind === 'delete-service') services.delete(key);
    else if (event.kind === 'set-slice') slices.set(key, event.object);
    else slices.delete(key);
  }
  return { services, slices };
}

export type Plans = ReadonlyMap<string, ServicePlan>;

/** The plans of one family of all Services in the index, by key. */
export function plansOf(index: ServiceIndex, family: Family): Plans {
  return new Map(index.serviceKeys().flatMap(key => entryOf(key, planOf(index, key, family))));
}

export function planOf(index: ServiceIndex, key: string, family: Family): ServicePlan | undefined {
  const object = index.service(key);
  return object && planService({ service: object, slices: index.slicesOf(key, family) }, family, nodeView());
}

/** The plans of a state without an index: the slices of a Service are those that name it. */
export function plansFromScratch({ services, slices }: FinalState, family: Family): Plans {
  const keys = [...services.keys()].toSorted();
  return new Map(
    keys.flatMap(key => {
      const own = [...slices.values()].filter(
        slice => slice.serviceName !== '' && `${slice.namespace}/${slice.serviceName}` === key,
      );
      return entryOf(key, planService({ service: services.get(key)!, slices: own }, family, nodeView()));
    }),
  );
}

const entryOf = (key: string, plan: ServicePlan | undefined): (readonly [string, ServicePlan])[] =>
  plan ? [[key, plan]] : [];
