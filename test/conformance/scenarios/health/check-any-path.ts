import { http, NODE, scenario, service, slice, tcp } from '../../builders.ts';

const paths = ['/', '/healthz', '/livez', '/some/where?else=1'];

export default scenario({
  name: 'the health check answers at any path',
  why: 'upstream: TestServer, which asks for /healthz. Load balancers are configured with all kinds of paths; the answer is the same.',
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
  steps: paths.map(path =>
    http({
      from: 'client',
      url: `http://${NODE.v4}:32080${path}`,
      expect: {
        status: 200,
        headers: { 'Content-Type': 'application/json', 'X-Load-Balancing-Endpoint-Weight': '1' },
        json: { localEndpoints: 1, serviceProxyHealthy: true },
      },
    }),
  ),
});
