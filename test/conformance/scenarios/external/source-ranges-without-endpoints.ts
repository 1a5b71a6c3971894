import { apply, fails, reaches, scenario, service, slice, tcp } from '../../builders.ts';

export default scenario({
  name: 'source ranges go before the question of endpoints',
  why: 'upstream: TestLoadBalancer and TestNoEndpointsReject together. Whoever is outside of the ranges is dropped although the Service refuses everybody else for want of endpoints. (Not so in iptables mode.)',
  objects: [
    service('web', {
      ip: '10.96.0.10',
      type: 'LoadBalancer',
      vips: ['203.0.113.20'],
      externalIPs: ['203.0.113.30'],
      ports: [tcp(80, { nodePort: 30080 })],
      loadBalancerSourceRanges: ['192.168.100.9/32'],
    }),
  ],
  steps: [
    fails('client', '203.0.113.20:80', 'refused'),
    fails('client-1', '203.0.113.20:80', 'timeout'),
    fails('client-1', '203.0.113.30:80', 'refused'),
    apply(slice('web', ['pod-a'])),
    reaches('client', '203.0.113.20:80', 'pod-a'),
    fails('client-1', '203.0.113.20:80', 'timeout'),
    apply(slice('web', [])),
    fails('client', '203.0.113.20:80', 'refused'),
    fails('client-1', '203.0.113.20:80', 'timeout'),
  ],
});
