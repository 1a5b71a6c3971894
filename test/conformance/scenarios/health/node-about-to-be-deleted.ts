import { healthCheck, healthz, livez, node, patch, scenario, service, slice, tcp } from '../../builders.ts';

const tainted = { spec: { taints: [{ key: 'ToBeDeletedByClusterAutoscaler', value: '1', effect: 'NoSchedule' }] } };

export default scenario({
  name: 'a node that the autoscaler is about to delete fails /healthz, but not /livez',
  why: 'With the ToBeDeletedByClusterAutoscaler taint the node is not eligible for new load balancer connections; the proxy itself is well.',
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
    healthz({ status: 200, json: { nodeEligible: true } }),
    patch(node(), tainted),
    healthz({ status: 503, json: { nodeEligible: false } }),
    livez({ status: 200, json: { healthy: true } }),
    healthCheck(32080, { status: 200 }),
    patch(node(), { spec: { taints: null } }),
    healthz({ status: 200, json: { nodeEligible: true } }),
  ],
});
