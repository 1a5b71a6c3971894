import { NODE, reaches, scenario, service, slice, tcp } from '../../builders.ts';

export default scenario({
  name: 'pods reach all endpoints through external addresses of a Local Service',
  why: 'Traffic of pods to external addresses simulates going out to the load balancer and coming back in: policy Local does not bind it, and its source is kept.',
  objects: [
    service('web', {
      ip: '10.96.0.10',
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      healthCheckNodePort: 32080,
      vips: ['203.0.113.20'],
      ports: [tcp(80, { nodePort: 30080 })],
    }),
    slice('web', ['remote-a', 'remote-b']),
  ],
  steps: [
    reaches('pod-b', '203.0.113.20:80', ['remote-a', 'remote-b'], { source: 'preserved' }),
    reaches('pod-b', `${NODE.v4}:30080`, ['remote-a', 'remote-b'], { source: 'preserved' }),
  ],
});
