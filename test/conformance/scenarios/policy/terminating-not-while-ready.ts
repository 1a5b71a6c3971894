import { apply, draining, reaches, scenario, service, slice } from '../../builders.ts';

export default scenario({
  name: 'terminating endpoints get nothing new while others are ready',
  why: 'Serving terminating endpoints are only a fallback.',
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', [draining('pod-a'), 'remote-a', 'remote-b'])],
  steps: [
    reaches('pod-b', '10.96.0.10:80', ['remote-a', 'remote-b']),
    apply(slice('web', [draining('pod-a'), draining('remote-a'), 'remote-b'])),
    reaches('pod-b', '10.96.0.10:80', 'remote-b', { attempts: 20, stable: true }),
  ],
});
