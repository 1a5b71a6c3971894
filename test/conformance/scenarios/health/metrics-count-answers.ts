import { apply, healthz, http, livez, metric, NODE, node, scenario } from '../../builders.ts';

const total = (path: 'healthz' | 'livez', code: string, op: '==' | '>=', value: number) =>
  metric(`kubeproxy_proxy_${path}_total`, op, value, { labels: { code } });

export default scenario({
  name: 'answers of /healthz and /livez are counted by their code',
  why: 'kubeproxy_proxy_healthz_total and kubeproxy_proxy_livez_total tell how often load balancers and the kubelet were turned away; other paths are 404 and counted nowhere.',
  steps: [
    healthz({ status: 200 }, { within: 0 }),
    livez({ status: 200 }, { within: 0 }),
    total('healthz', '200', '>=', 1),
    total('livez', '200', '==', 1),
    apply(node(undefined, { taints: [{ key: 'ToBeDeletedByClusterAutoscaler', value: '1', effect: 'NoSchedule' }] })),
    healthz({ status: 503, json: { nodeEligible: false, healthy: true } }),
    livez({ status: 200 }, { within: 0 }),
    total('healthz', '503', '>=', 1),
    total('livez', '200', '==', 2),
    ...['/', '/healthz/', '/metrics', '/readyzz'].map(path =>
      http({ from: 'client', url: `http://${NODE.v4}:10256${path}`, expect: { status: 404 }, within: 0 }),
    ),
    total('livez', '200', '==', 2),
    apply(node()),
    healthz({ status: 200, json: { nodeEligible: true } }),
  ],
});
