import { reaches, scenario, service, slice, target, udp } from '../../builders.ts';

export default scenario({
  name: 'a pod reaches itself through its Service over UDP',
  why: 'Hairpin traffic is masqueraded in every protocol.',
  objects: [
    service('dns', { ip: '10.96.0.10', ports: [udp(53)] }),
    slice('dns', ['pod-a'], { ports: [target(5353, { protocol: 'UDP' })] }),
  ],
  steps: [reaches('pod-a', '10.96.0.10:53', 'pod-a', { proto: 'udp', source: 'masqueraded' })],
});
