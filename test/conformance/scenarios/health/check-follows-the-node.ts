import { apply, healthCheck, http, node, patch, scenario, service, slice, tamper, tcp } from '../../builders.ts';

const moved = '192.168.100.21';

export default scenario({
  name: "health checks move with the node's address",
  why: 'They are at the node port addresses, by default the primary address of the node. When that changes without a restart, a load balancer asks at the new one, and the old one is free for others.',
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
    tamper(`ip addr add ${moved}/32 dev lo`),
    healthCheck(32080, { status: 200 }),
    patch(node(), { status: { addresses: [{ type: 'InternalIP', address: moved }] } }),
    http({ from: 'client', url: `http://${moved}:32080/`, expect: { status: 200, json: { localEndpoints: 1 } } }),
    healthCheck(32080, { error: 'refused' }),
    apply(node()),
    healthCheck(32080, { status: 200 }),
  ],
});
