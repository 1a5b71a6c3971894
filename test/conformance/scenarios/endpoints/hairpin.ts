import { reaches, scenario, service, slice } from '../../builders.ts';

export default scenario({
  name: 'a pod reaches itself through its Service',
  why: 'Hairpin traffic is masqueraded, as a pod would drop packets that come in from its own address.',
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])],
  steps: [reaches('pod-a', '10.96.0.10:80', 'pod-a', { source: 'masqueraded' })],
});
