import {
  apply,
  draining,
  NODE,
  notReady,
  reaches,
  scenario,
  service,
  settle,
  slice,
  tcp,
  traffic,
} from '../../builders.ts';

const stages = [
  [draining('pod-a'), 'remote-a'],
  [draining('pod-a'), notReady('pod-b'), 'remote-a'],
  [draining('pod-a'), 'pod-b', 'remote-a'],
  ['pod-b', 'remote-a'],
  ['pod-b', draining('remote-a')],
  ['pod-b', 'remote-b'],
  [draining('pod-b'), 'remote-b'],
  ['pod-a', draining('pod-b'), 'remote-b'],
  ['pod-a', 'remote-b'],
];

export default scenario({
  name: 'a rolling update behind a load balancer of policy Local loses no connection',
  why: 'e2e "should not have connectivity disruption during rolling update with externalTrafficPolicy=Local": the node\'s own pod is replaced under load.',
  objects: [
    service('web', {
      ip: '10.96.0.10',
      type: 'LoadBalancer',
      vips: ['203.0.113.20'],
      externalTrafficPolicy: 'Local',
      healthCheckNodePort: 32080,
      ports: [tcp(80, { nodePort: 30080 })],
    }),
    slice('web', ['pod-a', 'remote-a']),
  ],
  steps: [
    traffic.start('by vip', { from: 'client', to: '203.0.113.20:80', period: 5 }),
    traffic.start('by node port', { from: 'client-1', to: `${NODE.v4}:30080`, period: 5 }),
    ...stages.flatMap(stage => [apply(slice('web', stage)), settle()]),
    traffic.stop('by vip', { atLeast: 100 }),
    traffic.stop('by node port', { atLeast: 100 }),
    reaches('client', '203.0.113.20:80', 'pod-a'),
  ],
});
