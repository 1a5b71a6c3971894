import { NODE, reaches, scenario, service, slice, tcp } from '../../builders.ts';

export default scenario({
  name: 'externalTrafficPolicy Local keeps node port traffic on the node and its source',
  why: "With externalTrafficPolicy Local, external traffic goes only to endpoints on the node it arrived at and keeps the client's address.",
  objects: [
    service('web', {
      ip: '10.96.0.10',
      type: 'NodePort',
      externalTrafficPolicy: 'Local',
      ports: [tcp(80, { nodePort: 30080 })],
    }),
    slice('web', ['pod-a', 'remote-a', 'remote-b']),
  ],
  steps: [reaches('client', `${NODE.v4}:30080`, 'pod-a', { source: 'preserved', attempts: 20 })],
});
