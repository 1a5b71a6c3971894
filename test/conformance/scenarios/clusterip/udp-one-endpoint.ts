import { reaches, scenario, service, slice, target, udp } from '../../builders.ts';

export default scenario({
  name: 'UDP reaches the only endpoint',
  why: 'A UDP port of a ClusterIP forwards datagrams, and the answers come back from the ClusterIP.',
  objects: [
    service('dns', { ip: '10.96.0.10', ports: [udp(53)] }),
    slice('dns', ['pod-a'], { ports: [target(5353, { protocol: 'UDP' })] }),
  ],
  steps: [reaches('pod-b', '10.96.0.10:53', 'pod-a:5353', { proto: 'udp' })],
});
