// Clusters whose Services mostly have endpoints, and packets to their addresses and to what is next to these.

import * as fc from 'fast-check';
import type { Scene } from '../../src/explain/scene.ts';
import type { EndpointSlice, Service } from '../../src/kube/types.ts';
import { familyLabel, isLoopback, type Family } from '../../src/model/ip.ts';
import { endpointSlice, service, servicePortSpec, sliceEndpoint, slicePort } from '../support/builders.ts';
import type { Packet } from '../support/trace-packet.ts';
import { clusterEvents, clusterStateOf, type ClusterState } from './cluster-events.ts';

const SOURCES = {
  ipv4: ['10.244.1.10', '10.244.1.11', '10.244.2.10', '10.244.2.12', '192.168.100.9', '198.51.100.7', '10.200.0.1'],
  ipv6: ['fd00:10:244:1::10', 'fd00:10:244:2::10', 'fd00:10:244:2::77', 'fd00:100::9', '2001:db8:9::7'],
} as const;

/** The last of each is a process of the host. */
const ENDPOINTS = {
  ipv4: ['10.244.1.10', '10.244.1.11', '10.244.2.10', '10.244.2.12', '192.168.100.1'],
  ipv6: ['fd00:10:244:1::10', 'fd00:10:244:2::10', 'fd00:10:244:2::11', 'fd00:100::1'],
} as const;

/** What no Service of these clusters has, or only some. */
const ELSEWHERE = {
  ipv4: ['10.96.0.12', '10.96.0.99', '10.97.3.9', '203.0.113.99', '192.168.100.2', '10.244.1.10', '127.0.0.1'],
  ipv6: ['fd00:10:96::12', 'fd00:10:96::99', 'fd00:10:96:0:1::1', '2001:db8:5::99', 'fd00:10:244:1::10', '::1'],
} as const;

const PROTOCOLS = ['TCP', 'UDP', 'SCTP'] as const;

const endpointsOf = (family: Family) =>
  fc.array(
    fc.record({
      address: fc.constantFrom<string>(...ENDPOINTS[family]),
      ready: fc.constantFrom(true, true, true, false),
      serving: fc.boolean(),
      terminating: fc.constantFrom(false, true),
      nodeName: fc.constantFrom('node-a', 'node-b', 'node-b'),
      zoneHints: fc.constantFrom([], ['zone-a'], ['zone-b']),
      nodeHints: fc.constantFrom([], [], ['node-a']),
    }),
    { maxLength: 4 },
  );

/** Endpoints for each Service, in the order of their names, in both families. */
const endpoints = fc.array(fc.record({ ipv4: endpointsOf('ipv4'), ipv6: endpointsOf('ipv6') }), {
  minLength: 7,
  maxLength: 7,
});

/** At the node's own address and the NodePort of others: both ways in are to be told apart. */
const edges: fc.Arbitrary<Service> = fc
  .record({
    port: fc.constantFrom(30_080, 30_081, 80),
    nodePort: fc.constantFrom(0, 30_081),
    externalTrafficPolicy: fc.constantFrom('Cluster', 'Local'),
    protocol: fc.constantFrom('TCP', 'TCP', 'UDP'),
  })
  .map(({ port, nodePort, protocol, externalTrafficPolicy }) =>
    service({
      name: 'edge',
      clusterIP: '10.96.0.40',
      type: 'NodePort',
      externalIPs: ['192.168.100.1'],
      externalTrafficPolicy,
      ports: [servicePortSpec({ port, nodePort, protocol })],
    }),
  );

/** What histories leave behind, and a slice more for each Service: those of the history seldom have its ports. */
export const clusters: fc.Arbitrary<ClusterState> = fc
  .tuple(fc.array(clusterEvents, { minLength: 8, maxLength: 30, size: 'max' }), endpoints, edges)
  .map(([history, all, edge]) => {
    const state = clusterStateOf(history);
    const services = new Map([['default/edge', edge], ...state.services]);
    const slices = new Map(state.slices);
    [...services.values()].forEach((service, i) => {
      for (const family of ['ipv4', 'ipv6'] as const) {
        const slice = sliceFor(service, family, (all[i]?.[family] ?? []).map(sliceEndpoint));
        slices.set(`${slice.namespace}/${slice.name}`, slice);
      }
    });
    return { ...state, services, slices };
  });

const sliceFor = (
  { namespace, name, ports }: Service,
  family: Family,
  list: EndpointSlice['endpoints'],
): EndpointSlice =>
  endpointSlice({
    namespace,
    name: `${name}-${family}`,
    serviceName: name,
    addressType: familyLabel[family],
    ports: ports.map(port => slicePort({ name: port.name, protocol: port.protocol, port: 8080 })),
    endpoints: list,
  });

export interface Question {
  readonly family: Family;
  readonly sender: 'host' | 'own-address' | 'pod' | 'outside';
  readonly source: string;
  /** Which of the addresses and ports that Services claim. */
  readonly pick: number;
  /** How to go past it. */
  readonly past: 'not' | 'port' | 'protocol' | 'address';
  readonly address: string;
  readonly port: number;
  readonly protocol: (typeof PROTOCOLS)[number];
}

export const questions: fc.Arbitrary<Question> = fc.constantFrom<Family>('ipv4', 'ipv4', 'ipv6').chain(family =>
  fc.record({
    family: fc.constant(family),
    sender: fc.constantFrom('host', 'own-address', 'pod', 'pod', 'outside', 'outside'),
    source: fc.constantFrom<string>(...SOURCES[family]),
    pick: fc.nat(),
    past: fc.constantFrom('not', 'not', 'not', 'port', 'protocol', 'address'),
    address: fc.constantFrom<string>(...ELSEWHERE[family], ...ENDPOINTS[family].slice(-1)),
    port: fc.constantFrom(80, 81, 82, 8080, 30_080, 30_081),
    protocol: fc.constantFrom(...PROTOCOLS),
  }),
);

/** A question, once it is known what there is. */
export interface Asked extends Pick<Packet, 'from' | 'source' | 'destination' | 'port'> {
  readonly family: Family;
  readonly protocol: (typeof PROTOCOLS)[number];
}

/** @returns undefined for a packet that cannot be */
export function askedIn(scene: Scene, question: Question): Asked | undefined {
  const { family, sender, past } = question;
  const targets = targetsOf(scene, family);
  const target = targets[question.pick % targets.length] ?? question;
  const destination = past === 'address' ? question.address : target.address;
  const port = past === 'port' ? question.port : target.port;
  const protocol = past === 'protocol' ? question.protocol : target.protocol;
  const own = scene.localAddresses.find(address => address.includes(':') === (family === 'ipv6'));
  const isFromHost = sender === 'host' || sender === 'own-address';
  // The kernel takes no packet for loopback from elsewhere.
  if (!isFromHost && isLoopback({ family, text: destination })) return undefined;
  // To itself a host sends from the address that it sends to.
  const isToItself = scene.localAddresses.includes(destination) || isLoopback({ family, text: destination });
  const byDefault = isToItself ? destination : scene.view.addresses[family];
  const source = sender === 'host' ? byDefault : sender === 'own-address' ? own : question.source;
  if (source === undefined) return undefined;
  return { family, from: isFromHost ? 'host' : sender, source, destination, port, protocol };
}

type Target = Pick<Question, 'address' | 'port' | 'protocol'>;

/** All that Services claim, forwarded or not; a NodePort at each address of the node. */
function targetsOf({ tables, localAddresses }: Scene, family: Family): Target[] {
  const ids = [...(tables.get(family)?.ledger.entries() ?? [])]
    .filter(({ container }) => /^(?:services|nodeports|unavailable|unavailable-nodeports)$/.test(container))
    .map(({ key }) => key.split(' . '));
  const own = localAddresses.filter(address => address.includes(':') === (family === 'ipv6'));
  return ids.flatMap(parts => {
    const [port, l4] = [Number(parts.at(-1)), parts.at(-2)];
    const protocol = PROTOCOLS.find(one => one.toLowerCase() === l4)!;
    const addresses = parts.length === 3 ? [parts[0]!] : own;
    return addresses.map(address => ({ address, port, protocol }));
  });
}
