import { reaches, scenario, service, slice, tcp } from '../../builders.ts';

export default scenario({
  name: 'externalTrafficPolicy Local does not restrict ClusterIP traffic',
  why: 'Each policy concerns its own kind of traffic.',
  objects: [
    service('web', {
      ip: '10.96.0.10',
      type: 'NodePort',
      externalTrafficPolicy: 'Local',
      ports: [tcp(80, { nodePort: 30080 })],
    }),
    slice('web', ['pod-a', 'remote-a']),
  ],
  steps: [reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a'])],
});
