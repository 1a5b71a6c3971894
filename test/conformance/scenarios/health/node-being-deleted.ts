import { healthCheck, healthz, livez, node, patch, scenario, service, slice, tcp } from '../../builders.ts';
import type { Step } from '../../builders.ts';

const shown = (nodeEligible: boolean): Step[] => [
  healthz({ status: nodeEligible ? 200 : 503, json: { nodeEligible, healthy: true } }),
  livez({ status: 200, json: { healthy: true } }),
  healthCheck(32080, { status: 200, json: { serviceProxyHealthy: true } }),
];
const taints = (...keys: string[]) =>
  patch(node(), { spec: { taints: keys.map(key => ({ key, effect: 'NoExecute' })) } });

export default scenario({
  name: 'a node with a deletionTimestamp, or about to be deleted, is not eligible, whatever else it has',
  why: 'KEP-3836: the mere presence of either counts, with any value and effect; other taints do not. Only /healthz tells it.',
  objects: [
    service('web', {
      ip: '10.96.0.10',
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      healthCheckNodePort: 32080,
      vips: ['203.0.113.20'],
      ports: [tcp(80, { nodePort: 30080 })],
    }),
    slice('web', ['pod-a']),
  ],
  steps: [
    ...shown(true),
    patch(node(), { metadata: { deletionTimestamp: '2025-01-01T00:00:00Z' } }),
    ...shown(false),
    patch(node(), { metadata: { deletionTimestamp: null } }),
    ...shown(true),
    taints('node.kubernetes.io/not-ready', 'ToBeDeletedByClusterAutoscaler'),
    ...shown(false),
    taints('node.kubernetes.io/not-ready', 'DeletionCandidateOfClusterAutoscaler'),
    ...shown(true),
  ],
});
