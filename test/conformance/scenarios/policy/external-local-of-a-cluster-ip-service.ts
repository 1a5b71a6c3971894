import { apply, fails, patch, reaches, scenario, service, slice } from '../../builders.ts';

const to = '203.0.113.10:80';
const web = service('web', { ip: '10.96.0.10', externalIPs: ['203.0.113.10'], externalTrafficPolicy: 'Local' });

export default scenario({
  name: 'externalTrafficPolicy Local counts for external IPs of a ClusterIP Service as well',
  why: 'ExternalPolicyLocal: the policy is for Services that can be reached from outside, by type or by their externalIPs. It may change at any time.',
  objects: [web, slice('web', ['pod-a', 'remote-a'])],
  steps: [
    reaches('client', to, 'pod-a', { source: 'preserved', attempts: 20 }),
    reaches('pod-b', to, ['pod-a', 'remote-a'], { source: 'preserved' }),
    apply(slice('web', ['remote-a'])),
    fails('client', to, 'timeout'),
    reaches('node', to, 'remote-a', { source: 'masqueraded' }),
    patch(web, { spec: { externalTrafficPolicy: 'Cluster' } }),
    reaches('client', to, 'remote-a', { source: 'masqueraded' }),
    patch(web, { spec: { externalTrafficPolicy: 'Local' } }),
    fails('client', to, 'timeout'),
  ],
});
