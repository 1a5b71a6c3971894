import { apply, metric, node, patch, scenario, service, settle, slice } from '../../builders.ts';

const there = (name: string, labels: Record<string, string> = {}) => metric(name, '>=', 0, { labels });
const IPV4 = { ip_family: 'IPv4' };

export default scenario({
  name: 'the dashboard and the alerts of kubernetes-mixin find all that they ask for',
  why: "Rates and quantiles of syncs and of network programming, requests to the API server by code and verb, memory and CPU, and the version; also on a node where nothing has changed yet. Alerts compare the version with that of other components, so that it is the kubelet's.",
  needs: ['nftables'],
  steps: [
    there('kubeproxy_sync_proxy_rules_duration_seconds_count'),
    there('kubeproxy_sync_proxy_rules_duration_seconds_bucket', { le: '0.001' }),
    there('kubeproxy_network_programming_duration_seconds_count', IPV4),
    metric('kubeproxy_network_programming_duration_seconds_bucket', '==', 0, { labels: { ...IPV4, le: '300' } }),
    metric('rest_client_requests_total', '>=', 3, { labels: { code: '200' } }),
    metric('rest_client_request_duration_seconds_bucket', '>=', 1, { labels: { verb: 'POST', le: '60' } }),
    metric('process_resident_memory_bytes', '>', 10_000_000),
    metric('process_cpu_seconds_total', '>', 0),
    metric('kubernetes_build_info', '==', 1),
    patch(node(), { status: { nodeInfo: { kubeletVersion: 'v1.35.1+k3s1' } } }),
    metric('kubernetes_build_info', '==', 1, { labels: { git_version: 'v1.35.1+k3s1', major: '1', minor: '35' } }),
    metric('kubernetes_build_info', '==', 1),
    apply(service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])),
    settle(),
    metric('kubeproxy_sync_proxy_rules_duration_seconds_bucket', '>=', 2, { labels: { ...IPV4, le: '16.384' } }),
  ],
});
