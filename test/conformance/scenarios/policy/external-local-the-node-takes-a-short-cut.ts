import { NODE, reaches, scenario, service, slice, tcp } from '../../builders.ts';

export default scenario({
  name: 'the node reaches all endpoints through external addresses of a Local Service',
  why: 'Locally generated traffic to external addresses is redirected to the cluster-wide endpoints and masqueraded.',
  objects: [
    service('web', {
      ip: '10.96.0.10',
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      healthCheckNodePort: 32080,
      vips: ['203.0.113.20'],
      ports: [tcp(80, { nodePort: 30080 })],
    }),
    slice('web', ['pod-a', 'remote-a']),
  ],
  steps: [
    reaches('node', '203.0.113.20:80', ['pod-a', 'remote-a'], { source: 'masqueraded' }),
    reaches('node', `${NODE.v4}:30080`, ['pod-a', 'remote-a'], { source: 'masqueraded' }),
  ],
});
