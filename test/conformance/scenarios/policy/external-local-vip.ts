import { reaches, scenario, service, slice, tcp } from '../../builders.ts';

export default scenario({
  name: 'externalTrafficPolicy Local keeps VIP traffic on the node and its source',
  why: 'Load balancer VIPs are external traffic.',
  objects: [
    service('web', {
      ip: '10.96.0.10',
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      healthCheckNodePort: 32080,
      vips: ['203.0.113.20'],
      ports: [tcp(80, { nodePort: 30080 })],
    }),
    slice('web', ['pod-a', 'remote-a', 'remote-b']),
  ],
  steps: [reaches('client', '203.0.113.20:80', 'pod-a', { source: 'preserved', attempts: 20 })],
});
