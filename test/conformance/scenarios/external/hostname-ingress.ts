import { NODE, reaches, scenario, service, slice, tcp } from '../../builders.ts';

export default scenario({
  name: 'an ingress that is only a host name does no harm',
  why: 'Ingress entries without an IP are of no concern to a node proxy.',
  objects: [
    service('web', {
      ip: '10.96.0.10',
      type: 'LoadBalancer',
      ports: [tcp(80, { nodePort: 30080 })],
      ingress: [{ hostname: 'lb.example.com' }],
    }),
    slice('web', ['pod-a']),
  ],
  steps: [reaches('pod-b', '10.96.0.10:80', 'pod-a'), reaches('client', `${NODE.v4}:30080`, 'pod-a')],
});
