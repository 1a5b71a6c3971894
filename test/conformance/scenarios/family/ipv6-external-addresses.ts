import { reaches, scenario, service, slice, tcp } from '../../builders.ts';

export default scenario({
  name: 'IPv6 VIPs and external IPs are forwarded',
  why: 'External addresses are sorted by family and forwarded to endpoints of the same family.',
  needs: ['ipv6'],
  objects: [
    service('web', {
      ip: ['10.96.0.10', 'fd00:10:96::10'],
      type: 'LoadBalancer',
      vips: ['203.0.113.20', '2001:db8:5::20'],
      externalIPs: ['2001:db8:5::30', '203.0.113.30'],
      ports: [tcp(80, { nodePort: 30080 })],
    }),
    slice('web', ['pod-a']),
    slice('web', ['remote-a'], { family: 'v6' }),
  ],
  steps: [
    reaches('client', '203.0.113.20:80', 'pod-a'),
    reaches('client', '[2001:db8:5::20]:80', 'remote-a'),
    reaches('client', '203.0.113.30:80', 'pod-a'),
    reaches('client', '[2001:db8:5::30]:80', 'remote-a'),
  ],
});
