import { fails, NODE, reaches, remove, scenario, service, slice, tcp } from '../../builders.ts';

const web = service('web', {
  ip: '10.96.0.10',
  type: 'LoadBalancer',
  vips: ['203.0.113.20'],
  externalIPs: ['203.0.113.30'],
  ports: [tcp(80, { nodePort: 30080 })],
});

export default scenario({
  name: 'a deleted Service is no longer forwarded at any address',
  why: 'Deleting the Service ends it even if its slices are still there.',
  objects: [web, slice('web', ['pod-a'])],
  steps: [
    reaches('client', '203.0.113.20:80', 'pod-a'),
    remove(web),
    fails('pod-b', '10.96.0.10:80', 'unreachable'),
    fails('client', '203.0.113.20:80', 'unreachable'),
    fails('client', '203.0.113.30:80', 'unreachable'),
    fails('client', `${NODE.v4}:30080`, 'refused'),
  ],
});
