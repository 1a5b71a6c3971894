import { NODE, reaches, scenario, service, slice, tcp } from '../../builders.ts';

const external = ['203.0.113.20:80', '203.0.113.30:80', `${NODE.v4}:30080`];
const all = ['pod-a', 'remote-a'];

export default scenario({
  name: 'policy Local treats VIP, external IP and node port alike, for each kind of source',
  why: 'upstream: TestExternalTrafficPolicyLocal. Pods and the node reach all endpoints by any external address, outside clients only local ones with their source kept, and the ClusterIP is not concerned.',
  objects: [
    service('web', {
      ip: '10.96.0.10',
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      healthCheckNodePort: 32080,
      vips: ['203.0.113.20'],
      externalIPs: ['203.0.113.30'],
      ports: [tcp(80, { nodePort: 30080 })],
    }),
    slice('web', all),
  ],
  steps: [
    ...external.map(to => reaches('client', to, 'pod-a', { source: 'preserved', attempts: 20 })),
    ...external.map(to => reaches('pod-b', to, all, { source: 'preserved' })),
    ...external.map(to => reaches('node', to, all, { source: 'masqueraded' })),
    reaches('pod-b', '10.96.0.10:80', all, { source: 'preserved' }),
    reaches('client', '10.96.0.10:80', all, { source: 'masqueraded' }),
  ],
});
