import { fails, NODE, reaches, scenario, service, slice, tcp } from '../../builders.ts';

export default scenario({
  name: 'loadBalancerSourceRanges do not concern node ports and ClusterIPs',
  why: 'The ranges restrict only the load balancer\'s VIPs ("for better or for worse", says the source of node ports).',
  objects: [
    service('web', {
      ip: '10.96.0.10',
      type: 'LoadBalancer',
      vips: ['203.0.113.20'],
      externalIPs: ['203.0.113.30'],
      ports: [tcp(80, { nodePort: 30080 })],
      loadBalancerSourceRanges: ['198.51.100.0/24'],
    }),
    slice('web', ['pod-a']),
  ],
  steps: [
    fails('client', '203.0.113.20:80', 'timeout'),
    reaches('client', `${NODE.v4}:30080`, 'pod-a'),
    reaches('client', '203.0.113.30:80', 'pod-a'),
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
  ],
});
