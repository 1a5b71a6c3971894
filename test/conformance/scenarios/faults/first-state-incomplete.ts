import {
  api,
  apply,
  awaitReady,
  fails,
  reaches,
  scenario,
  service,
  sleep,
  slice,
  startProxy,
  stopProxy,
  traffic,
} from '../../builders.ts';

const to = '10.96.0.10:80';
/** A restart that learns nothing of one resource at first, while a Service has come and an endpoint joined. */
const withheld = (resource: string, host: string, ip: string) => [
  stopProxy(),
  apply(slice('web', ['pod-a', host]), service(host, { ip }), slice(host, [host])),
  api.fail({ code: 500, count: 1_000_000, resource }),
  startProxy({ wait: false }),
  sleep(2),
  fails('pod-b', `${ip}:80`, 'unreachable', { within: 0 }),
  reaches('pod-b', to, 'pod-a', { within: 0, exactly: false, attempts: 1 }),
  api.heal(),
  awaitReady(),
  reaches('pod-b', to, ['pod-a', host], { within: 40 }),
  reaches('pod-b', `${ip}:80`, host),
  apply(slice('web', ['pod-a'])),
  reaches('pod-b', to, 'pod-a', { attempts: 20 }),
];

export default scenario({
  name: 'a starting proxy changes nothing before it knows all Services and all slices',
  why: 'Source behaviour: no sync before both caches have their first full state. With Services but no slices everything would be refused, with slices but no Services everything would go.',
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])],
  steps: [
    reaches('pod-b', to, 'pod-a'),
    traffic.start('new', { from: 'pod-b', to }),
    ...withheld('endpointslices', 'remote-a', '10.96.0.11'),
    ...withheld('services', 'remote-b', '10.96.0.12'),
    traffic.stop('new', { atLeast: 100 }),
  ],
});
