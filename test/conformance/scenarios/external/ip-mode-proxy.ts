import { fails, reaches, scenario, service, slice, tcp } from '../../builders.ts';

export default scenario({
  name: 'an ingress address of ipMode Proxy is left to the load balancer',
  why: 'ipMode Proxy says that traffic must pass the load balancer, so the proxy must not short-circuit it; ipMode VIP (the default) is forwarded.',
  objects: [
    service('web', {
      ip: '10.96.0.10',
      type: 'LoadBalancer',
      ports: [tcp(80, { nodePort: 30080 })],
      ingress: [{ ip: '203.0.113.20', ipMode: 'Proxy' }, { ip: '203.0.113.21', ipMode: 'VIP' }, { ip: '203.0.113.22' }],
    }),
    slice('web', ['pod-a']),
  ],
  steps: [
    reaches('pod-b', '203.0.113.21:80', 'pod-a'),
    reaches('pod-b', '203.0.113.22:80', 'pod-a'),
    fails('pod-b', '203.0.113.20:80', 'unreachable'),
    fails('node', '203.0.113.20:80', 'unreachable'),
  ],
});
