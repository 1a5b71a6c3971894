import { apply, reaches, scenario, service, slice } from '../../builders.ts';

export default scenario({
  name: 'a removed endpoint gets nothing new',
  why: 'The proxy follows updates of EndpointSlices.',
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a', 'remote-a', 'remote-b'])],
  steps: [
    reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a', 'remote-b']),
    apply(slice('web', ['pod-a', 'remote-b'])),
    reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-b'], { stable: true }),
  ],
});
