import { fails, reaches, scenario, service, slice } from '../../builders.ts';

export default scenario({
  name: 'a port that the Service does not have is refused',
  why: 'nftables mode rejects traffic to ports of an active ClusterIP that no Service port claims (chain cluster-ips-check).',
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])],
  steps: [
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
    fails('pod-b', '10.96.0.10:81', 'refused'),
    fails('pod-b', '10.96.0.10:80', 'refused', { proto: 'udp' }),
    fails('node', '10.96.0.10:81', 'refused'),
    fails('client', '10.96.0.10:81', 'refused'),
  ],
});
