import { fails, reaches, scenario, service, slice, target, tcp, udp } from '../../builders.ts';

export default scenario({
  name: 'source ranges hold for UDP, and for each protocol of one port number',
  why: 'upstream: TestLoadBalancer, over UDP. Every port of the Service is guarded in its own protocol.',
  objects: [
    service('dns', {
      ip: '10.96.0.10',
      type: 'LoadBalancer',
      vips: ['203.0.113.20'],
      loadBalancerSourceRanges: ['192.168.100.9/32'],
      ports: [udp(53, { name: 'dns', nodePort: 30053 }), tcp(53, { name: 'dns-tcp', nodePort: 30053 })],
    }),
    slice('dns', ['pod-a'], {
      ports: [target(5353, { name: 'dns', protocol: 'UDP' }), target(5353, { name: 'dns-tcp' })],
    }),
  ],
  steps: [
    reaches('client', '203.0.113.20:53', 'pod-a', { proto: 'udp' }),
    reaches('client', '203.0.113.20:53', 'pod-a'),
    fails('client-1', '203.0.113.20:53', 'timeout', { proto: 'udp' }),
    fails('client-1', '203.0.113.20:53', 'timeout'),
    fails('client-1', '203.0.113.20:54', 'unreachable'),
  ],
});
