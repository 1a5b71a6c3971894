import { reaches, scenario, service, slice, tamper, tcp } from '../../builders.ts';

export default scenario({
  name: 'a node within the source ranges may use a VIP that is bound on itself',
  why: "Source behaviour: the node's own traffic to a bound VIP has the VIP as its source; that is let in where the node's address is within the ranges.",
  objects: [
    service('web', {
      ip: '10.96.0.10',
      type: 'LoadBalancer',
      vips: ['203.0.113.20'],
      ports: [tcp(80, { nodePort: 30080 })],
      loadBalancerSourceRanges: ['192.168.100.0/24'],
    }),
    slice('web', ['pod-a', 'remote-a']),
  ],
  steps: [tamper('ip addr add 203.0.113.20/32 dev lo'), reaches('node', '203.0.113.20:80', ['pod-a', 'remote-a'])],
});
