import { fails, reaches, scenario, service, slice, tcp } from '../../builders.ts';

export default scenario({
  name: 'blank and invalid addresses and ranges are passed over',
  why: 'upstream: TestMapIPsByIPFamily and TestMapCIDRsByIPFamily. One bad entry takes neither the good ones beside it nor other Services with it.',
  objects: [
    service('web', {
      ip: '10.96.0.10',
      type: 'LoadBalancer',
      externalIPs: ['', ' ', 'nonsense', '203.0.113.30', '203.0.113.999'],
      ingress: [{ ip: '' }, { hostname: 'lb.example.com' }, { ip: '203.0.113.20' }],
      loadBalancerSourceRanges: ['', 'nonsense', '192.168.100.9/32', '192.168.100.0/99'],
      ports: [tcp(80, { nodePort: 30080 })],
    }),
    slice('web', ['pod-a']),
    service('other', { ip: '10.96.0.11' }),
    slice('other', ['pod-a']),
  ],
  steps: [
    reaches('client', '203.0.113.30:80', 'pod-a'),
    reaches('client', '203.0.113.20:80', 'pod-a'),
    fails('client-1', '203.0.113.20:80', 'timeout'),
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
    reaches('pod-b', '10.96.0.11:80', 'pod-a'),
  ],
});
