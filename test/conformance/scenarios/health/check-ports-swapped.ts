import { healthCheck, patch, scenario, service, settle, slice, tcp } from '../../builders.ts';

const local = (name: string, ip: string, vip: string, healthCheckNodePort: number, nodePort: number) =>
  service(name, {
    ip,
    type: 'LoadBalancer',
    externalTrafficPolicy: 'Local',
    healthCheckNodePort,
    vips: [vip],
    ports: [tcp(80, { nodePort })],
  });
const [blue, green] = [
  local('blue', '10.96.0.10', '203.0.113.20', 32080, 30080),
  local('green', '10.96.0.11', '203.0.113.21', 32081, 30081),
];
const is = (number: number, name: string, localEndpoints: number) =>
  healthCheck(number, { status: 200, json: { service: { name }, localEndpoints } });

export default scenario({
  name: 'two Services swap their health check ports',
  why: 'upstream: TestServer. All ports that are no longer wanted are closed before new ones are opened, so that a port may pass from one Service to another in one sync.',
  objects: [blue, slice('blue', ['pod-a']), green, slice('green', ['pod-a', 'pod-b'])],
  steps: [
    is(32080, 'blue', 1),
    is(32081, 'green', 2),
    patch(blue, { spec: { healthCheckNodePort: 32081 } }),
    patch(green, { spec: { healthCheckNodePort: 32080 } }),
    settle(),
    is(32080, 'green', 2),
    is(32081, 'blue', 1),
  ],
});
