// What the dashboard and the alerts for kube-proxy of the kubernetes-mixin ask for, as of 2026: metric, labels and the way they are
// put together. Where sluice says nothing, why.

const labels = 'cluster="", job="kube-proxy", instance=~".*"';
const rate = (name: string, more = ''): string => `rate(${name}{${labels}${more}}[5m])`;
const p99 = (name: string, by: string, more = ''): string =>
  `histogram_quantile(0.99, sum by (${by}, le) (${rate(`${name}_bucket`, more)}))`;

export interface MixinQuery {
  readonly name: string;
  readonly query: string;
  /** Why a running sluice has no series for it. */
  readonly empty?: string;
  /** Why there may be nothing to take a rate of: the quantile is no number then. */
  readonly rare?: string;
}

const requests = (code: string, empty?: string): MixinQuery => ({
  name: `requests answered ${code}`,
  query: `sum(${rate('rest_client_requests_total', `, code=~"${code}"`)})`,
  ...(empty !== undefined && { empty }),
});
const NONE_FAILED = 'no request was answered so';

export const MIXIN_QUERIES: readonly MixinQuery[] = [
  { name: 'up', query: `sum(up{cluster="", job="kube-proxy"})` },
  { name: 'rules sync rate', query: `sum(${rate('kubeproxy_sync_proxy_rules_duration_seconds_count')})` },
  {
    name: 'rules sync latency',
    query: `histogram_quantile(0.99, ${rate('kubeproxy_sync_proxy_rules_duration_seconds_bucket')})`,
  },
  { name: 'network programming rate', query: `sum(${rate('kubeproxy_network_programming_duration_seconds_count')})` },
  { name: 'network programming latency', query: p99('kubeproxy_network_programming_duration_seconds', 'instance') },
  requests('2..'),
  requests('3..', NONE_FAILED),
  requests('4..', NONE_FAILED),
  requests('5..', NONE_FAILED),
  {
    name: 'latency of POST',
    query: p99('rest_client_request_duration_seconds', 'verb', ', verb="POST"'),
    rare: 'only events are posted',
  },
  {
    name: 'latency of GET',
    query: p99('rest_client_request_duration_seconds', 'verb', ', verb="GET"'),
    empty: 'full states come by watches, too, which have no duration',
  },
  { name: 'memory', query: `process_resident_memory_bytes{${labels}}` },
  { name: 'CPU', query: rate('process_cpu_seconds_total') },
  {
    name: 'goroutines',
    query: `go_goroutines{${labels}}`,
    empty: 'Node.js has none; nodejs_eventloop_lag_* tells of load',
  },
  { name: 'KubeProxyDown', query: 'absent(up{job="kube-proxy"})', empty: 'it is up' },
  { name: 'KubeProxyInstanceUnreachable', query: 'up{job="kube-proxy"} == 0', empty: 'it is up' },
  {
    name: 'KubeVersionMismatch',
    query:
      'count by (cluster) (count by (git_version, cluster) (label_replace(kubernetes_build_info, "git_version", "$1", "git_version", "(v[0-9]*.[0-9]*).*")))',
  },
  {
    name: 'KubeClientErrors',
    query:
      'sum by (instance, job) (rate(rest_client_requests_total{job="kube-proxy", code=~"5.."}[5m])) / sum by (instance, job) (rate(rest_client_requests_total{job="kube-proxy"}[5m]))',
    empty: NONE_FAILED,
  },
];
