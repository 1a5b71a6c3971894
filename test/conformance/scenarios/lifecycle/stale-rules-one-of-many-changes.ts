import { apply, clientIP, fails, reaches, scenario, service, settle, slice, sticky, tcp } from '../../builders.ts';

const all = ['pod-a', 'remote-a'];

export default scenario({
  name: 'a sync that is about one Service leaves everything of the others as it is',
  why: 'upstream: TestSyncProxyRulesRepeated. Services that did not change are passed over, yet keep their addresses, rejections, ranges, affinity and hairpin masquerading.',
  objects: [
    service('plain', { ip: '10.96.0.10' }),
    slice('plain', all),
    service('empty', { ip: '10.96.0.11' }),
    service('far', { ip: '10.96.0.12', internalTrafficPolicy: 'Local' }),
    slice('far', ['remote-a']),
    service('ranged', {
      ip: '10.96.0.13',
      type: 'LoadBalancer',
      vips: ['203.0.113.20'],
      ports: [tcp(80, { nodePort: 30080 })],
      loadBalancerSourceRanges: ['192.168.100.9/32'],
    }),
    slice('ranged', ['pod-a']),
    service('sticky', { ip: '10.96.0.14', ...clientIP() }),
    slice('sticky', all),
    service('self', { ip: '10.96.0.15' }),
    slice('self', ['pod-a']),
    service('web', { ip: '10.96.0.16' }),
  ],
  steps: [
    sticky({ from: 'pod-b', to: '10.96.0.14:80', as: 'before' }),
    ...[['pod-a'], [], all, ['remote-b']].flatMap(endpoints => [apply(slice('web', endpoints)), settle()]),
    reaches('pod-b', '10.96.0.16:80', 'remote-b', { stable: true }),
    reaches('pod-b', '10.96.0.10:80', all, { within: 0 }),
    fails('pod-b', '10.96.0.11:80', 'refused', { within: 0 }),
    fails('pod-b', '10.96.0.12:80', 'timeout', { within: 0 }),
    reaches('client', '203.0.113.20:80', 'pod-a', { within: 0 }),
    fails('client-1', '203.0.113.20:80', 'timeout', { within: 0 }),
    sticky({ from: 'pod-b', to: '10.96.0.14:80', same: 'before', within: 0 }),
    reaches('pod-a', '10.96.0.15:80', 'pod-a', { source: 'masqueraded', within: 0 }),
  ],
});
