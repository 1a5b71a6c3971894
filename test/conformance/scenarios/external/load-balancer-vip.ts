import { reaches, scenario, service, slice, tcp } from '../../builders.ts';

export default scenario({
  name: "a load balancer's VIP is reachable from everywhere",
  why: 'Addresses in status.loadBalancer.ingress are forwarded by the node itself, for outside traffic and in-cluster traffic alike.',
  objects: [
    service('web', {
      ip: '10.96.0.10',
      type: 'LoadBalancer',
      vips: ['203.0.113.20'],
      ports: [tcp(80, { nodePort: 30080 })],
    }),
    slice('web', ['pod-a', 'remote-a']),
  ],
  steps: [
    reaches('client', '203.0.113.20:80', ['pod-a', 'remote-a']),
    reaches('pod-b', '203.0.113.20:80', ['pod-a', 'remote-a']),
    reaches('node', '203.0.113.20:80', ['pod-a', 'remote-a']),
  ],
});
