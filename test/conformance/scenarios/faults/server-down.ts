import { api, apply, healthz, reaches, scenario, service, sleep, slice, traffic } from '../../builders.ts';

export default scenario({
  name: 'traffic goes on while the API server is down, and changes are caught up with',
  why: 'The data plane does not depend on the API server; the proxy reconnects with backoff.',
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])],
  steps: [
    traffic.start('new', { from: 'pod-b', to: '10.96.0.10:80' }),
    api.stop(),
    sleep(5),
    healthz({ status: 200 }, { within: 0 }),
    traffic.stop('new', { atLeast: 100 }),
    apply(slice('web', ['remote-a']), service('new', { ip: '10.96.0.11' }), slice('new', ['pod-a'])),
    api.start(),
    reaches('pod-b', '10.96.0.10:80', 'remote-a', { within: 30, stable: true }),
    reaches('pod-b', '10.96.0.11:80', 'pod-a', { within: 30 }),
  ],
});
