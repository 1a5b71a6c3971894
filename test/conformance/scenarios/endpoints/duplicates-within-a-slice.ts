import { draining, healthCheck, reaches, scenario, service, slice, stopped, tcp } from '../../builders.ts';

export default scenario({
  name: 'of several entries for one address in a slice the live one counts, wherever it stands',
  why: 'upstream: TestEndpointInfoByServicePort (with duplicate Endpoints, prefer non-terminating). A running pod goes before terminating ones that had its address, whether they come before or after it.',
  objects: [
    service('web', {
      ip: '10.96.0.10',
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      healthCheckNodePort: 32080,
      vips: ['203.0.113.20'],
      ports: [tcp(80, { nodePort: 30080 })],
    }),
    slice('web', [draining('pod-a'), 'pod-a', stopped('pod-a'), 'remote-a']),
    service('last', { ip: '10.96.0.11' }),
    slice('last', [stopped('pod-a'), draining('pod-a'), 'pod-a']),
    service('first', { ip: '10.96.0.12' }),
    slice('first', ['pod-a', draining('pod-a'), stopped('pod-a')]),
  ],
  steps: [
    reaches('client', '203.0.113.20:80', 'pod-a', { source: 'preserved' }),
    reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a'], { balanced: 0.4 }),
    healthCheck(32080, { status: 200, json: { localEndpoints: 1 } }),
    reaches('pod-b', '10.96.0.11:80', 'pod-a'),
    reaches('pod-b', '10.96.0.12:80', 'pod-a'),
  ],
});
