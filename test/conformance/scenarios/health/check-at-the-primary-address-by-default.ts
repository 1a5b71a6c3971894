import { healthCheck, http, scenario, service, slice, tcp } from '../../builders.ts';

export default scenario({
  name: "by default a health check is at the node's primary address only, in the family of its Service",
  why: 'upstream: TestServerWithSelectiveListeningAddress, with nodePortAddresses primary. Other addresses of the node and the other family do not answer.',
  needs: ['ipv6'],
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
    healthCheck(32080, { status: 200 }),
    http({ from: 'client', url: 'http://10.244.1.1:32080/', expect: { error: 'refused' } }),
    http({ from: 'client', url: 'http://[fd00:100::1]:32080/', expect: { error: 'refused' } }),
  ],
});
