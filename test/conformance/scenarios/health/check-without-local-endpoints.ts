import { apply, healthCheck, scenario, service, slice, tcp } from '../../builders.ts';

export default scenario({
  name: 'the health check node port is 503 without local endpoints',
  why: 'A node without local endpoints must get no traffic of a Local Service; the answer follows the endpoints.',
  objects: [
    service('web', {
      ip: '10.96.0.10',
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      healthCheckNodePort: 32080,
      vips: ['203.0.113.20'],
      ports: [tcp(80, { nodePort: 30080 })],
    }),
    slice('web', ['remote-a']),
  ],
  steps: [
    healthCheck(32080, {
      status: 503,
      headers: { 'X-Load-Balancing-Endpoint-Weight': '0' },
      json: { localEndpoints: 0, serviceProxyHealthy: true },
    }),
    apply(slice('web', ['remote-a', 'pod-a'])),
    healthCheck(32080, { status: 200, json: { localEndpoints: 1 } }),
    apply(slice('web', ['remote-a'])),
    healthCheck(32080, { status: 503, json: { localEndpoints: 0 } }),
  ],
});
