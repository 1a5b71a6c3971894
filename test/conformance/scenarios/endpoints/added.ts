import { apply, reaches, scenario, service, slice } from '../../builders.ts';

export default scenario({
  name: 'an added endpoint gets its share',
  why: 'The proxy follows updates of EndpointSlices.',
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])],
  steps: [
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
    apply(slice('web', ['pod-a', 'remote-a'])),
    reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a'], { balanced: 0.4 }),
  ],
});
