import { reaches, scenario, service, slice } from '../../builders.ts';

export default scenario({
  name: 'off-cluster traffic to a ClusterIP is masqueraded',
  why: 'Such traffic may leave the node again, so replies must come back through it.',
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a', 'remote-a'])],
  steps: [reaches('client', '10.96.0.10:80', ['pod-a', 'remote-a'], { source: 'masqueraded' })],
});
