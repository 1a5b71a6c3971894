import { fails, scenario, service, slice, stopped } from '../../builders.ts';

export default scenario({
  name: 'terminating endpoints that no longer serve are no endpoints',
  why: 'The fallback takes only endpoints whose serving condition is true; without any, the Service refuses.',
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', [stopped('pod-a'), stopped('remote-a')])],
  steps: [fails('pod-b', '10.96.0.10:80', 'refused')],
});
