import { api, apply, reaches, scenario, service, sleep, slice, traffic } from '../../builders.ts';

export default scenario({
  name: 'a hanging API server does no harm',
  why: 'A server that accepts but never answers must not block the data plane; when its connections break, the proxy reconnects.',
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])],
  steps: [
    traffic.start('new', { from: 'pod-b', to: '10.96.0.10:80' }),
    api.hang(),
    sleep(3),
    traffic.stop('new', { atLeast: 50 }),
    apply(slice('web', ['remote-a'])),
    api.resume(),
    reaches('pod-b', '10.96.0.10:80', 'remote-a', { within: 30, stable: true }),
  ],
});
