import { api, apply, reaches, scenario, service, settle, slice } from '../../builders.ts';

export default scenario({
  name: '410 Gone makes the proxy list anew',
  why: 'When the resource version of a watch is too old the server says 410, and the client must list and watch again.',
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])],
  steps: [
    api.expire(),
    apply(slice('web', ['remote-a'])),
    reaches('pod-b', '10.96.0.10:80', 'remote-a', { within: 20, stable: true }),
    api.expire(),
    settle(),
  ],
});
