import { reaches, scenario, service, slice } from '../../builders.ts';

export default scenario({
  name: 'pods keep their address on the way to a ClusterIP',
  why: 'In-cluster traffic to ClusterIPs is not masqueraded, so that backends (and network policies) see the pod.',
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a', 'remote-a'])],
  steps: [reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a'], { source: 'preserved' })],
});
