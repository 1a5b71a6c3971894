import { apply, healthCheck, http, scenario, service, slice, tcp } from '../../builders.ts';
import type { HttpExpectation } from '../../builders.ts';

const six = (expect: HttpExpectation) => http({ from: 'client', url: 'http://[fd00:100::1]:32080/', expect });

export default scenario({
  name: 'the health check of a dual-stack Service answers in both families, each for its own endpoints',
  why: 'upstream: TestServer, for a server of each family (1.36). Both hold the same port; local endpoints of one family say nothing of the other.',
  needs: ['ipv6'],
  objects: [
    service('web', {
      ip: ['10.96.0.10', 'fd00:10:96::10'],
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      healthCheckNodePort: 32080,
      vips: ['203.0.113.20', '2001:db8:5::20'],
      ports: [tcp(80, { nodePort: 30080 })],
    }),
    slice('web', ['pod-a', 'pod-b']),
    slice('web', ['remote-a'], { family: 'v6' }),
  ],
  steps: [
    healthCheck(32080, { status: 200, json: { localEndpoints: 2 } }),
    six({ status: 503, json: { localEndpoints: 0 } }),
    apply(slice('web', ['remote-a']), slice('web', ['pod-b'], { family: 'v6' })),
    healthCheck(32080, { status: 503, json: { localEndpoints: 0 } }),
    six({ status: 200, json: { localEndpoints: 1 } }),
  ],
});
