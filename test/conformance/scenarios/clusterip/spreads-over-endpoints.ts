import { reaches, scenario, service, slice } from '../../builders.ts';

export default scenario({
  name: 'TCP spreads over all endpoints',
  why: 'Each new connection may go to any ready endpoint of the cluster, on whatever node (internalTrafficPolicy Cluster).',
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a', 'remote-a', 'remote-b'])],
  steps: [reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a', 'remote-b'])],
});
