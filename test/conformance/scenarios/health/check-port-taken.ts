import { api, apply, healthCheck, reaches, scenario, service, slice, startProxy, tcp } from '../../builders.ts';
import { occupy, release } from '../../operator.ts';

const local = (name: string, n: number) =>
  service(name, {
    ip: `10.96.0.1${n}`,
    type: 'LoadBalancer',
    externalTrafficPolicy: 'Local',
    healthCheckNodePort: 32090 + n,
    vips: [`203.0.113.2${n}`],
    ports: [tcp(80, { nodePort: 30080 + n })],
  });

export default scenario({
  name: 'a health check port that is taken is told as an event, and tried again; all else works',
  why: 'Source behaviour: the failure to bind is a Warning event of the Service (E-12), the next sync tries again, and other Services are not concerned. Events that cannot be delivered do no harm.',
  start: false,
  objects: [local('taken', 1), slice('taken', ['pod-a']), local('free', 2), slice('free', ['pod-a'])],
  steps: [
    occupy(32091),
    api.fail({ code: 500, count: 1, resource: 'events' }),
    startProxy(),
    healthCheck(32092, { status: 200 }),
    reaches('client', '203.0.113.21:80', 'pod-a', { source: 'preserved' }),
    api.requests('>=', 2, { verb: 'create', resource: 'events' }),
    release(32091),
    apply(slice('free', ['pod-a', 'pod-b'])),
    healthCheck(32092, { status: 200, json: { localEndpoints: 2 } }),
    healthCheck(32091, { status: 200, json: { localEndpoints: 1 } }),
  ],
});
