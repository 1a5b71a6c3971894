import { apply, NODE, remove, scenario, service, sleep, slice, target, udp, udpFlow } from '../../builders.ts';

const ports = [target(5353, { protocol: 'UDP' })];
const dns = service('dns', {
  ip: ['10.96.0.10', 'fd00:10:96::10'],
  type: 'LoadBalancer',
  vips: ['203.0.113.20'],
  externalIPs: ['203.0.113.30'],
  ports: [udp(53, { nodePort: 30053 })],
});
const flows: [name: string, from: string, to: string, after: 'unreachable' | 'refused'][] = [
  ['cluster ip', 'pod-b', '10.96.0.10:53', 'unreachable'],
  ['vip', 'client', '203.0.113.20:53', 'unreachable'],
  ['external ip', 'client', '203.0.113.30:53', 'unreachable'],
  ['node port', 'client', `${NODE.v4}:30053`, 'refused'],
  ['cluster ip v6', 'pod-b', '[fd00:10:96::10]:53', 'unreachable'],
];
const answered = flows.map(([name]) => udpFlow(name, { expect: { backends: ['pod-a'] }, stable: true }));

export default scenario({
  name: 'the UDP flows of a deleted Service end with it, though its endpoints are still there',
  why: 'PR 141371: a deleted Service was not among those that are cleaned up, so its flows went on to where it had been. When it is back they find it.',
  needs: ['ipv6'],
  objects: [dns, slice('dns', ['pod-a'], { ports }), slice('dns', ['pod-a'], { ports, family: 'v6' })],
  steps: [
    ...flows.map(([name, from, to]) => udpFlow(name, { from, to, expect: { backends: ['pod-a'] } })),
    // Past the second look at what was new, which must not be what cleans up here.
    sleep(1.5),
    remove(dns),
    ...flows.map(([name, , , expect]) => udpFlow(name, { expect, stable: true })),
    apply(dns),
    ...answered,
    remove(slice('dns', []), slice('dns', [], { family: 'v6' })),
    ...flows.map(([name]) => udpFlow(name, { expect: 'refused', stable: true })),
    apply(slice('dns', ['pod-a'], { ports }), slice('dns', ['pod-a'], { ports, family: 'v6' })),
    ...answered,
  ],
});
