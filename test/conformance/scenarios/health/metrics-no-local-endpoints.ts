import { metric, scenario, service, slice, tcp } from '../../builders.ts';

const gauge = 'kubeproxy_sync_proxy_rules_no_local_endpoints_total';

export default scenario({
  name: 'a metric tells how many Local Services have no local endpoints',
  why: 'kubeproxy_sync_proxy_rules_no_local_endpoints_total counts them by traffic_policy, so that dropped traffic can be noticed.',
  objects: [
    service('inner', { ip: '10.96.0.10', internalTrafficPolicy: 'Local' }),
    slice('inner', ['remote-a']),
    service('outer', {
      ip: '10.96.0.11',
      type: 'NodePort',
      externalTrafficPolicy: 'Local',
      ports: [tcp(80, { nodePort: 30080 })],
    }),
    slice('outer', ['remote-a']),
    service('fine', { ip: '10.96.0.12', internalTrafficPolicy: 'Local' }),
    slice('fine', ['pod-a']),
  ],
  steps: [
    metric(gauge, '==', 1, { labels: { traffic_policy: 'internal' } }),
    metric(gauge, '==', 1, { labels: { traffic_policy: 'external' } }),
  ],
});
