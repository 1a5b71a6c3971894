import { reaches, scenario, service, slice, target, udp } from '../../builders.ts';

export default scenario({
  name: 'UDP flows spread over all endpoints',
  why: 'Each new UDP flow may go to any ready endpoint.',
  objects: [
    service('dns', { ip: '10.96.0.10', ports: [udp(53)] }),
    slice('dns', ['pod-a', 'remote-a'], { ports: [target(5353, { protocol: 'UDP' })] }),
  ],
  steps: [reaches('pod-b', '10.96.0.10:53', ['pod-a', 'remote-a'], { proto: 'udp' })],
});
