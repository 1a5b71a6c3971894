import { apply, NODE, scenario, service, settle, slice, target, udp, udpFlow } from '../../builders.ts';

const options = { ports: [target(5353, { protocol: 'UDP' })] };
const flows: [name: string, from: string, to: string, before: 'unreachable' | 'refused'][] = [
  ['cluster ip', 'pod-b', '10.96.0.10:53', 'unreachable'],
  ['from the node', 'node', '10.96.0.10:53', 'unreachable'],
  ['vip', 'client', '203.0.113.20:53', 'unreachable'],
  ['external ip', 'client', '203.0.113.30:53', 'unreachable'],
  ['node port', 'client', `${NODE.v4}:30053`, 'refused'],
  ['cluster ip v6', 'pod-b', '[fd00:10:96::10]:53', 'unreachable'],
  ['vip v6', 'client', '[2001:db8:5::20]:53', 'unreachable'],
  ['node port v6', 'client', `[${NODE.v6}]:30053`, 'refused'],
];

export default scenario({
  name: 'a UDP flow older than its Service finds it although the slice was there first',
  why: 'kube-proxy cleans up only after changes of slices, so that a Service which is taken in by a later sync than its slice leaves older flows black-holed (1.36.2, now and then; 1.30, always).',
  needs: ['ipv6'],
  objects: [slice('dns', ['pod-a'], options), slice('dns', ['pod-a'], { ...options, family: 'v6' })],
  steps: [
    ...flows.map(([name, from, to, expect]) => udpFlow(name, { from, to, expect })),
    settle(),
    apply(
      service('dns', {
        ip: ['10.96.0.10', 'fd00:10:96::10'],
        type: 'LoadBalancer',
        vips: ['203.0.113.20', '2001:db8:5::20'],
        externalIPs: ['203.0.113.30'],
        ports: [udp(53, { nodePort: 30053 })],
      }),
    ),
    ...flows.map(([name]) => udpFlow(name, { expect: { backends: ['pod-a'] }, stable: true })),
  ],
});
