import { api, apply, reaches, scenario, service, slice } from '../../builders.ts';

export default scenario({
  name: '429 with Retry-After is heeded',
  why: 'API priority and fairness tells clients to come again later; they must.',
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])],
  steps: [
    api.fail({ code: 429, count: 6, retryAfter: 1 }),
    api.dropWatches(),
    apply(slice('web', ['remote-a'])),
    reaches('pod-b', '10.96.0.10:80', 'remote-a', { within: 30, stable: true }),
  ],
});
