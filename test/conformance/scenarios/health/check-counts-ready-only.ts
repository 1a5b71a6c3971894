import { apply, draining, healthCheck, notReady, scenario, service, slice, tcp } from '../../builders.ts';

export default scenario({
  name: 'the health check counts ready endpoints only',
  why: 'Draining endpoints may still serve, but the health check must fail so that the load balancer turns away in time.',
  objects: [
    service('web', {
      ip: '10.96.0.10',
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      healthCheckNodePort: 32080,
      vips: ['203.0.113.20'],
      ports: [tcp(80, { nodePort: 30080 })],
    }),
    slice('web', ['pod-a', notReady('pod-b')]),
  ],
  steps: [
    healthCheck(32080, { status: 200, json: { localEndpoints: 1 } }),
    apply(slice('web', [draining('pod-a')])),
    healthCheck(32080, { status: 503, json: { localEndpoints: 0 } }),
  ],
});
