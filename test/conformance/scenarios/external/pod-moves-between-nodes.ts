import { apply, fails, healthCheck, reaches, scenario, service, slice, tcp } from '../../builders.ts';

const weight = (n: number) => ({ headers: { 'X-Load-Balancing-Endpoint-Weight': String(n) } });

export default scenario({
  name: 'the load balancer is told of the node only while the node has a pod',
  why: 'e2e "ExternalTrafficPolicy: Local should only target nodes with endpoints" and "should target all nodes with endpoints": the health check follows the pod from node to node.',
  objects: [
    service('web', {
      ip: '10.96.0.10',
      type: 'LoadBalancer',
      vips: ['203.0.113.20'],
      externalTrafficPolicy: 'Local',
      healthCheckNodePort: 32080,
      ports: [tcp(80, { nodePort: 30080 })],
    }),
    slice('web', ['pod-a']),
  ],
  steps: [
    healthCheck(32080, { status: 200, ...weight(1) }),
    reaches('client', '203.0.113.20:80', 'pod-a', { source: 'preserved' }),
    apply(slice('web', ['remote-a'])),
    healthCheck(32080, { status: 503, ...weight(0) }),
    fails('client', '203.0.113.20:80', 'timeout'),
    apply(slice('web', ['pod-a', 'pod-b', 'remote-a'])),
    healthCheck(32080, { status: 200, ...weight(2) }),
    reaches('client', '203.0.113.20:80', ['pod-a', 'pod-b'], { source: 'preserved' }),
  ],
});
