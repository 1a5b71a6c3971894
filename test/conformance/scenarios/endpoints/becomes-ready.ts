import { apply, fails, notReady, reaches, scenario, service, slice } from '../../builders.ts';

export default scenario({
  name: 'an endpoint joins when it becomes ready and leaves when it is not',
  why: 'The proxy follows the conditions in EndpointSlices.',
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', [notReady('pod-a')])],
  steps: [
    fails('pod-b', '10.96.0.10:80', 'refused'),
    apply(slice('web', ['pod-a'])),
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
    apply(slice('web', [notReady('pod-a')])),
    fails('pod-b', '10.96.0.10:80', 'refused'),
  ],
});
