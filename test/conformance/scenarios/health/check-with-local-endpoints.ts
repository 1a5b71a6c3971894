import { healthCheck, scenario, service, slice, tcp } from '../../builders.ts';

export default scenario({
  name: 'the health check node port is 200 with local endpoints',
  why: 'Load balancers find the nodes that have local endpoints by healthCheckNodePort; it reports their number and a weight header.',
  objects: [
    service('web', {
      ip: '10.96.0.10',
      namespace: 'shop',
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      healthCheckNodePort: 32080,
      vips: ['203.0.113.20'],
      ports: [tcp(80, { nodePort: 30080 })],
    }),
    slice('web', ['pod-a', 'pod-b', 'remote-a'], { namespace: 'shop' }),
  ],
  steps: [
    healthCheck(32080, {
      status: 200,
      headers: {
        'Content-Type': 'application/json',
        'X-Content-Type-Options': 'nosniff',
        'X-Load-Balancing-Endpoint-Weight': '2',
      },
      json: { service: { namespace: 'shop', name: 'web' }, localEndpoints: 2, serviceProxyHealthy: true },
    }),
  ],
});
