import { fails, patch, reaches, scenario, service, slice, tcp } from '../../builders.ts';

const web = service('web', {
  ip: '10.96.0.10',
  type: 'LoadBalancer',
  vips: ['203.0.113.20'],
  ports: [tcp(80, { nodePort: 30080 })],
  loadBalancerSourceRanges: ['198.51.100.0/24'],
});

export default scenario({
  name: 'ranges of which none is valid for the family are no ranges',
  why: "upstream: TestMapCIDRsByIPFamily and TestServiceToServiceMap. If nothing is left after the blank, the invalid and the other family's, everybody is let in.",
  objects: [web, slice('web', ['pod-a'])],
  steps: [
    fails('client', '203.0.113.20:80', 'timeout'),
    patch(web, { spec: { loadBalancerSourceRanges: ['', '  ', 'nonsense', 'fd00:100::9/128'] } }),
    reaches('client', '203.0.113.20:80', 'pod-a'),
    reaches('pod-b', '203.0.113.20:80', 'pod-a'),
  ],
});
