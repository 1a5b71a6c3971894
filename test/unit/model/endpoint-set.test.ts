import { describe, expect, it } from 'vitest';
import type { SliceEndpoint } from '../../../src/kube/types.ts';
import { type EndpointSet, endpointsOf } from '../../../src/model/endpoint-set.ts';
import { type Endpoint, formatEndpoint } from '../../../src/model/endpoint.ts';
import { ADDRESSES, OTHER_NODE_NAME } from '../../support/addresses.ts';
import {
  DRAINING,
  endpoint,
  endpointSlice,
  NOT_READY,
  SERVING,
  sliceEndpoint,
  slicePort,
  STOPPED,
} from '../../support/builders.ts';

const text = (address: string, port: number) => formatEndpoint({ address, port });
const texts = ({ endpoints }: EndpointSet) => endpoints.map(formatEndpoint);
/** A slice with an endpoint at each address. */
const at = (...addresses: string[]) => [
  endpointSlice({ endpoints: addresses.map(address => sliceEndpoint({ address })) }),
];
/** A slice in which one address is on several nodes. */
const onNodes = (name: string, ...nodeNames: string[]) =>
  endpointSlice({ name, endpoints: nodeNames.map(nodeName => sliceEndpoint({ nodeName })) });

describe.each(['ipv4', 'ipv6'] as const)('construction in %s (3.2)', family => {
  const { podA, podB, remoteA } = ADDRESSES[family];
  const other = ADDRESSES[family === 'ipv4' ? 'ipv6' : 'ipv4'];

  it('takes all of an endpoint over', () => {
    const given = { address: podA, ...DRAINING, nodeName: 'n', zoneHints: ['z'], nodeHints: ['n', 'm'] };
    const slices = [endpointSlice({ endpoints: [sliceEndpoint(given)] })];
    expect(endpointsOf(slices, family, '', 'TCP')).toEqual({
      endpoints: [endpoint({ ...given, port: 8080 })],
      duplicates: [],
      problems: [],
    });
  });

  it('takes one endpoint for each slice port of the name and protocol, over all slices, sorted by text', () => {
    const ports = [
      slicePort({ name: 'http', port: 8080 }),
      slicePort({ name: 'http', port: 80 }),
      slicePort({ name: 'dns', port: 5353, protocol: 'UDP' }),
      slicePort({ name: 'http', port: 9090, protocol: 'UDP' }),
    ];
    const slices = [
      endpointSlice({ name: 'web-2', ports, endpoints: [podB, podA].map(address => sliceEndpoint({ address })) }),
      endpointSlice({ name: 'web-1', ports: ports.slice(0, 1), endpoints: [sliceEndpoint({ address: remoteA })] }),
    ];
    const all = [text(podA, 80), text(podA, 8080), text(podB, 80), text(podB, 8080), text(remoteA, 8080)];
    expect(texts(endpointsOf(slices, family, 'http', 'TCP'))).toEqual(all);
    expect(texts(endpointsOf(slices, family, 'http', 'UDP'))).toEqual([text(podA, 9090), text(podB, 9090)]);
    expect(texts(endpointsOf(slices, family, 'dns', 'UDP'))).toEqual([text(podA, 5353), text(podB, 5353)]);
    expect(texts(endpointsOf(slices, family, 'dns', 'TCP'))).toEqual([]);
    expect(texts(endpointsOf(slices, family, '', 'TCP'))).toEqual([]);
    expect(texts(endpointsOf(slices, family, 'admin', 'TCP'))).toEqual([]);
  });

  it('passes over slices of other address types', () => {
    const slices = [
      endpointSlice({ endpoints: [sliceEndpoint({ address: other.podA })] }),
      endpointSlice({ addressType: 'FQDN', endpoints: [sliceEndpoint({ address: 'a.example.com' })] }),
      endpointSlice({ endpoints: [sliceEndpoint({ address: podA })] }),
    ];
    expect(endpointsOf(slices, family, '', 'TCP')).toEqual({
      endpoints: [endpoint({ address: podA })],
      duplicates: [],
      problems: [],
    });
  });

  it('reports what is no address of the family, by index, and goes on', () => {
    const addresses = ['nonsense', podA, '', other.podA];
    const slice = endpointSlice({
      name: 'web-1',
      addressType: family === 'ipv4' ? 'IPv4' : 'IPv6',
      endpoints: addresses.map(address => sliceEndpoint({ address })),
    });
    const set = endpointsOf([slice], family, '', 'TCP');
    expect(texts(set)).toEqual([text(podA, 8080)]);
    expect(set.problems.map(({ object, field }) => `${object} ${field}`)).toEqual([
      'EndpointSlice default/web-1 endpoints[0].addresses[0]',
      'EndpointSlice default/web-1 endpoints[3].addresses[0]',
    ]);
  });
});

it('reports a port number out of range and passes over port 0 (1.5)', () => {
  const ports = [
    slicePort({ port: 0 }),
    slicePort({ port: 70_000 }),
    slicePort({ port: 8080 }),
    slicePort({ name: 'x', port: -1 }),
  ];
  const set = endpointsOf([endpointSlice({ ports, endpoints: [sliceEndpoint()] })], 'ipv4', '', 'TCP');
  expect(texts(set)).toEqual(['10.244.1.10:8080']);
  expect(set.problems.map(({ field }) => field)).toEqual(['ports[1].port']);
});

it('defaults a missing protocol to TCP', () => {
  const slices = [endpointSlice({ ports: [slicePort({ protocol: '' })], endpoints: [sliceEndpoint()] })];
  expect(texts(endpointsOf(slices, 'ipv4', '', 'TCP'))).toEqual(['10.244.1.10:8080']);
  expect(texts(endpointsOf(slices, 'ipv4', '', 'UDP'))).toEqual([]);
});

it('sorts by text as kube-proxy does, brackets included', () => {
  expect(texts(endpointsOf(at('10.0.0.9', '10.0.0.10', '10.0.0.1'), 'ipv4', '', 'TCP'))).toEqual([
    '10.0.0.10:8080',
    '10.0.0.1:8080',
    '10.0.0.9:8080',
  ]);
  expect(texts(endpointsOf(at('fd00::1', 'fd00::a', 'fd00::10'), 'ipv6', '', 'TCP'))).toEqual([
    '[fd00::10]:8080',
    '[fd00::1]:8080',
    '[fd00::a]:8080',
  ]);
});

describe('duplicates (3.3, E-4, E-5, E-13)', () => {
  const [live, draining, stopped] = [sliceEndpoint(), sliceEndpoint(DRAINING), sliceEndpoint(STOPPED)];

  it.each<{ name: string; best: SliceEndpoint; others: SliceEndpoint[] }>([
    { name: 'running before terminating', best: live, others: [stopped, draining] },
    { name: 'running, not ready, before draining', best: sliceEndpoint(NOT_READY), others: [draining] },
    {
      name: 'running, not ready, before published while terminating',
      best: sliceEndpoint(NOT_READY),
      others: [sliceEndpoint({ ready: true, terminating: true })],
    },
    { name: 'ready before not ready', best: live, others: [sliceEndpoint(NOT_READY)] },
    { name: 'serving before not serving', best: sliceEndpoint(SERVING), others: [sliceEndpoint(NOT_READY)] },
    { name: 'draining before stopped', best: draining, others: [stopped] },
    {
      name: 'running here before ended elsewhere',
      best: live,
      others: [sliceEndpoint({ ...STOPPED, nodeName: OTHER_NODE_NAME })],
    },
    {
      name: 'running elsewhere before ended here',
      best: sliceEndpoint({ nodeName: OTHER_NODE_NAME }),
      others: [stopped],
    },
  ])('$name, wherever they stand', ({ best, others }) => {
    for (const order of [
      [best, ...others],
      [...others, best],
      [...others.toReversed(), best],
    ]) {
      const within = [endpointSlice({ endpoints: order })];
      const across = order.map((one, i) => endpointSlice({ name: `web-${i}`, endpoints: [one] }));
      for (const slices of [within, across, across.toReversed()]) {
        const set = endpointsOf(slices, 'ipv4', '', 'TCP');
        const made = ({ address, traits }: SliceEndpoint): Endpoint => ({ address, ...traits, port: 8080 });
        expect(set.endpoints).toEqual([made(best)]);
        expect(set.duplicates).toHaveLength(others.length);
        expect(set.duplicates).toEqual(expect.arrayContaining(others.map(made)));
      }
    }
  });

  it('takes that of the first slice by name among equals, then the first in the slice', () => {
    const slices = [onNodes('web-c', 'c'), onNodes('web-a', 'a1', 'a2'), onNodes('web-b', 'b')];
    for (const order of [slices, slices.toReversed()]) {
      const { endpoints, duplicates } = endpointsOf(order, 'ipv4', '', 'TCP');
      expect(endpoints.map(({ nodeName }) => nodeName)).toEqual(['a1']);
      expect(duplicates.map(({ nodeName }) => nodeName)).toEqual(['a2', 'b', 'c']);
    }
  });

  it('knows an address in any spelling', () => {
    const four = endpointsOf(at('10.244.001.010', '10.244.1.10'), 'ipv4', '', 'TCP');
    expect(texts(four)).toEqual(['10.244.1.10:8080']);
    expect(four.duplicates).toHaveLength(1);
    const six = endpointsOf(at('FD00:0:0::10', 'fd00::10'), 'ipv6', '', 'TCP');
    expect(texts(six)).toEqual(['[fd00::10]:8080']);
    expect(six.duplicates).toHaveLength(1);
  });

  it('leaves endpoints of one address and several ports alone', () => {
    const slices = [8080, 8081].map(port =>
      endpointSlice({ name: `web-${port}`, ports: [slicePort({ port })], endpoints: [live] }),
    );
    const set = endpointsOf(slices, 'ipv4', '', 'TCP');
    expect(texts(set)).toEqual(['10.244.1.10:8080', '10.244.1.10:8081']);
    expect(set.duplicates).toEqual([]);
  });
});

describe('the weight that a slice has by its annotation', () => {
  const weighted = (ipvsWeight: string) =>
    endpointsOf([endpointSlice({ ipvsWeight, endpoints: [sliceEndpoint()] })], 'ipv4', '', 'TCP');

  it('is that of its endpoints', () => expect(weighted('3').endpoints).toEqual([endpoint({ weight: 3 })]));

  it('costs no more than itself where it is none', () => {
    expect(weighted('3,5')).toEqual({
      endpoints: [endpoint()],
      duplicates: [],
      problems: [
        {
          object: 'EndpointSlice default/web-ipv4',
          field: 'metadata.annotations[sluice/ipvs-weight]',
          message: '"3,5" is no weight, which is a whole number from 0 to 65535',
        },
      ],
    });
  });
});
