import { NODE, reaches, scenario, service, slice, tcp } from '../../builders.ts';

export default scenario({
  name: 'internalTrafficPolicy Local does not restrict external traffic',
  why: 'internalTrafficPolicy concerns only ClusterIP traffic; node ports and external IPs have externalTrafficPolicy.',
  objects: [
    service('web', {
      ip: '10.96.0.10',
      type: 'NodePort',
      internalTrafficPolicy: 'Local',
      externalIPs: ['203.0.113.10'],
      ports: [tcp(80, { nodePort: 30080 })],
    }),
    slice('web', ['pod-a', 'remote-a']),
  ],
  steps: [
    reaches('client', `${NODE.v4}:30080`, ['pod-a', 'remote-a']),
    reaches('client', '203.0.113.10:80', ['pod-a', 'remote-a']),
    reaches('pod-b', '10.96.0.10:80', 'pod-a', { attempts: 20 }),
  ],
});
