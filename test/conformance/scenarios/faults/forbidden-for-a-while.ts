import { api, apply, reaches, scenario, service, slice } from '../../builders.ts';

export default scenario({
  name: 'a server that forbids everything for a while is borne with',
  why: 'A restarted API server answers 403 until its RBAC caches are filled; a proxy that takes that as final, or as an empty list, is lost.',
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])],
  steps: [
    api.fail({ code: 403, count: 8 }),
    api.dropWatches(),
    apply(slice('web', ['remote-a'])),
    reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a'], { exactly: false }),
    reaches('pod-b', '10.96.0.10:80', 'remote-a', { within: 40, stable: true }),
  ],
});
