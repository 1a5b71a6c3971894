import { apply, http, metric, NODE, scenario, service, settle, slice } from '../../builders.ts';

export default scenario({
  name: '/metrics counts syncs and changes',
  why: 'kube-proxy exposes its metrics in Prometheus text format on metricsBindAddress; dashboards rely on the names.',
  steps: [
    http({
      from: 'client',
      url: `http://${NODE.v4}:10249/metrics`,
      expect: { status: 200, headers: { 'Content-Type': 'text/plain' } },
    }),
    metric('kubeproxy_sync_proxy_rules_duration_seconds_count', '>=', 1),
    metric('kubeproxy_sync_proxy_rules_last_timestamp_seconds', '>', 1_600_000_000),
    apply(service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])),
    settle(),
    metric('kubeproxy_sync_proxy_rules_duration_seconds_count', '>=', 2),
    metric('kubeproxy_sync_proxy_rules_service_changes_total', '>=', 1),
    metric('kubeproxy_sync_proxy_rules_endpoint_changes_total', '>=', 1),
  ],
});
