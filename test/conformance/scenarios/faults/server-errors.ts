import { api, apply, reaches, scenario, service, slice } from '../../builders.ts';

export default scenario({
  name: 'errors of the API server are retried',
  why: 'Lists and watches that fail with 500 are tried again with backoff.',
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])],
  steps: [
    api.fail({ code: 500, count: 8 }),
    api.dropWatches(),
    apply(slice('web', ['remote-a'])),
    reaches('pod-b', '10.96.0.10:80', 'remote-a', { within: 30, stable: true }),
  ],
});
