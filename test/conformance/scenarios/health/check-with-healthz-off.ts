import { apply, healthCheck, http, NODE, scenario, service, slice, startProxy, tcp } from '../../builders.ts';
import { access, flags } from '../../operator.ts';

export default scenario({
  name: 'health checks of Services answer although /healthz is turned off',
  why: 'With --healthz-port=0 kube-proxy 1.36.2 has nobody to ask for its health, and breaks in every request to a healthCheckNodePort.',
  start: false,
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
    access(),
    startProxy({ args: flags('--healthz-port=0'), wait: false }),
    healthCheck(32080, { status: 200, json: { localEndpoints: 1, serviceProxyHealthy: true } }, { within: 20 }),
    http({ from: 'client', url: `http://${NODE.v4}:10256/healthz`, expect: { error: 'refused' } }),
    apply(slice('web', ['remote-a'])),
    healthCheck(32080, { status: 503, json: { localEndpoints: 0, serviceProxyHealthy: true } }),
  ],
});
