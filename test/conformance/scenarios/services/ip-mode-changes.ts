import { fails, patch, reaches, scenario, service, slice, tcp } from '../../builders.ts';

const ingress = (ipMode?: 'VIP' | 'Proxy') => ({
  status: { loadBalancer: { ingress: [{ ip: '203.0.113.20', ...(ipMode ? { ipMode } : {}) }] } },
});
const web = service('web', {
  ip: '10.96.0.10',
  type: 'LoadBalancer',
  ports: [tcp(80, { nodePort: 30080 })],
  ingress: [{ ip: '203.0.113.20', ipMode: 'Proxy' }],
  loadBalancerSourceRanges: ['192.168.100.9/32'],
});

export default scenario({
  name: 'an ingress address changes between ipMode Proxy, VIP and none',
  why: 'upstream: TestLoadBalancerIngressRouteTypeProxy. With Proxy the address is not ours: neither forwarded nor, for sources outside of the ranges, dropped; with VIP or without a mode it is both.',
  objects: [web, slice('web', ['pod-a'])],
  steps: [
    fails('client', '203.0.113.20:80', 'unreachable'),
    fails('client-1', '203.0.113.20:80', 'unreachable'),
    patch(web, ingress('VIP')),
    reaches('client', '203.0.113.20:80', 'pod-a'),
    fails('client-1', '203.0.113.20:80', 'timeout'),
    patch(web, ingress('Proxy')),
    fails('client', '203.0.113.20:80', 'unreachable'),
    fails('client-1', '203.0.113.20:80', 'unreachable'),
    patch(web, ingress()),
    reaches('client', '203.0.113.20:80', 'pod-a'),
  ],
});
