import {
  api,
  apply,
  fails,
  reaches,
  scenario,
  service,
  serviceCIDR,
  slice,
  startProxy,
  stopProxy,
} from '../../builders.ts';

const without = (code: number, host: string) => [
  api.fail({ code, count: 1_000_000, resource: 'servicecidrs' }),
  startProxy(),
  reaches('pod-b', '10.96.0.10:80', 'pod-a'),
  fails('pod-b', '10.96.77.77:80', 'unreachable'),
  apply(slice('web', [host])),
  reaches('pod-b', '10.96.0.10:80', host),
  apply(slice('web', ['pod-a'])),
  stopProxy(),
  api.heal(),
];

export default scenario({
  name: 'without ServiceCIDRs, or the right to see them, Services work all the same',
  why: 'Source behaviour: nobody waits for them. Before 1.33 the API server has none (404), and a ClusterRole of those days does not allow to see them (403).',
  start: false,
  objects: [serviceCIDR(), service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])],
  steps: [...without(404, 'remote-a'), ...without(403, 'remote-b')],
});
