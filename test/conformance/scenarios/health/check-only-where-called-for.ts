import { healthCheck, reaches, scenario, service, slice, tcp } from '../../builders.ts';
import type { ServiceOptions } from '../../builders.ts';

const web = (name: string, n: number, more?: ServiceOptions) =>
  service(name, {
    ip: `10.96.0.1${n}`,
    healthCheckNodePort: 32080 + n,
    ports: [tcp(80, { nodePort: 30080 + n })],
    ...more,
  });

export default scenario({
  name: 'a healthCheckNodePort counts only for load balancers of policy Local',
  why: 'upstream: TestServiceToServiceMap (load balancer service with only local traffic policy) and TestInternalExternalMasquerade. The field is passed over for NodePort Services, policy Cluster and internalTrafficPolicy Local.',
  objects: [
    web('port', 1, { type: 'NodePort', externalTrafficPolicy: 'Local' }),
    slice('port', ['pod-a']),
    web('cluster', 2, { type: 'LoadBalancer', vips: ['203.0.113.22'] }),
    slice('cluster', ['pod-a']),
    web('inner', 3, { type: 'LoadBalancer', internalTrafficPolicy: 'Local', vips: ['203.0.113.23'] }),
    slice('inner', ['pod-a']),
    web('local', 4, { type: 'LoadBalancer', externalTrafficPolicy: 'Local', vips: ['203.0.113.24'] }),
    slice('local', ['pod-a']),
    web('zero', 5, {
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      vips: ['203.0.113.25'],
      healthCheckNodePort: 0,
    }),
    slice('zero', ['pod-a']),
  ],
  steps: [
    healthCheck(32084, { status: 200 }),
    ...[32081, 32082, 32083, 32085].map(number => healthCheck(number, { error: 'refused' })),
    reaches('client', '203.0.113.25:80', 'pod-a', { source: 'preserved' }),
  ],
});
