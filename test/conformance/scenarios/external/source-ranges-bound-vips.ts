import { fails, reaches, scenario, service, slice, tamper, tcp } from '../../builders.ts';

const ports = (nodePort: number) => [tcp(80, { nodePort })];

export default scenario({
  name: 'a node may use VIPs that are bound on itself only if it is within the ranges',
  why: 'upstream: TestLoadBalancer (same node to LB, SNATted to LB, implicitly allowed). With the node in the ranges each VIP is let in as a source, too; with the node outside, the same packets are dropped.',
  objects: [
    service('open', {
      ip: '10.96.0.10',
      type: 'LoadBalancer',
      vips: ['203.0.113.20', '203.0.113.21'],
      ports: ports(30080),
      loadBalancerSourceRanges: ['198.51.100.0/24', '192.168.100.1/32'],
    }),
    slice('open', ['pod-a', 'remote-a']),
    service('shut', {
      ip: '10.96.0.11',
      type: 'LoadBalancer',
      vips: ['203.0.113.22'],
      ports: ports(30081),
      loadBalancerSourceRanges: ['198.51.100.0/24', '192.168.100.9/32'],
    }),
    slice('shut', ['pod-a', 'remote-a']),
  ],
  steps: [
    tamper('for n in 20 21 22; do ip addr add 203.0.113.$n/32 dev lo; done'),
    reaches('node', '203.0.113.20:80', ['pod-a', 'remote-a'], { source: 'masqueraded' }),
    reaches('node', '203.0.113.21:80', ['pod-a', 'remote-a'], { source: 'masqueraded' }),
    fails('client', '203.0.113.20:80', 'timeout'),
    reaches('client', '203.0.113.22:80', ['pod-a', 'remote-a']),
    fails('node', '203.0.113.22:80', 'timeout'),
  ],
});
