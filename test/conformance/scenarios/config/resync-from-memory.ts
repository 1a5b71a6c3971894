import { api, metric, reaches, scenario, service, sleep, slice, traffic } from '../../builders.ts';

export default scenario({
  name: 'a short configSyncPeriod costs neither requests nor syncs',
  why: 'Source behaviour of informers and trackers: a resync delivers what is known already, from memory, and what has not changed is not programmed again.',
  config: { configSyncPeriod: '1s' },
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a', 'remote-a'])],
  steps: [
    traffic.start('new', { from: 'pod-b', to: '10.96.0.10:80' }),
    sleep(8),
    traffic.stop('new', { atLeast: 100 }),
    api.requests('<=', 2, { verb: 'list', resource: 'services' }),
    api.requests('<=', 4, { verb: 'watch', resource: 'endpointslices' }),
    metric('kubeproxy_sync_proxy_rules_duration_seconds_count', '<=', 8),
    reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a']),
  ],
});
