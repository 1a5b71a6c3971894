import { apply, NODE, notReady, scenario, service, slice, target, udp, udpFlow } from '../../builders.ts';
import type { DescribedEndpoint, Expectation } from '../../builders.ts';

const ports = [target(5353, { protocol: 'UDP' })];
const dns = (...endpoints: (string | DescribedEndpoint)[]) =>
  apply(slice('dns', endpoints, { ports }), slice('dns', endpoints, { ports, family: 'v6' }));
const flows: [name: string, from: string, to: string][] = [
  ['cluster ip', 'pod-b', '10.96.0.10:53'],
  ['vip', 'client', '203.0.113.20:53'],
  ['external ip', 'client-1', '203.0.113.30:53'],
  ['node port', 'client', `${NODE.v4}:30053`],
  ['cluster ip v6', 'pod-b', '[fd00:10:96::10]:53'],
  ['node port v6', 'client', `[${NODE.v6}]:30053`],
];
const all = (expect: Expectation) => flows.map(([name]) => udpFlow(name, { expect, stable: true }));

export default scenario({
  name: 'a Service that is scaled to zero lets its UDP flows go at once, and they find the next endpoint',
  why: 'Upstream issue 139628 (a 13 h outage): flows of a Service without any serving endpoint were kept, and with them the dead address, for as long as the sender went on.',
  needs: ['ipv6'],
  objects: [
    service('dns', {
      ip: ['10.96.0.10', 'fd00:10:96::10'],
      type: 'LoadBalancer',
      vips: ['203.0.113.20'],
      externalIPs: ['203.0.113.30'],
      ports: [udp(53, { nodePort: 30053 })],
    }),
    slice('dns', ['pod-a'], { ports }),
    slice('dns', ['pod-a'], { ports, family: 'v6' }),
  ],
  steps: [
    ...flows.map(([name, from, to]) => udpFlow(name, { from, to, expect: { backends: ['pod-a'] } })),
    dns(),
    ...all('refused'),
    dns(notReady('remote-a')),
    ...all('refused'),
    dns('remote-a'),
    ...all({ backends: ['remote-a'] }),
    dns(notReady('remote-a')),
    ...all('refused'),
  ],
});
