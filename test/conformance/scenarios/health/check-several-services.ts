import { apply, healthCheck, patch, remove, scenario, service, slice, tcp } from '../../builders.ts';

const local = (n: number) =>
  service(`s${n}`, {
    ip: `10.96.0.1${n}`,
    type: 'LoadBalancer',
    externalTrafficPolicy: 'Local',
    healthCheckNodePort: 32080 + n,
    vips: [`203.0.113.2${n}`],
    ports: [tcp(80, { nodePort: 30080 + n })],
  });
const [s1, s2, s3, s4] = [local(1), local(2), local(3), local(4)];
const is = (number: number, localEndpoints: number, name: string) =>
  healthCheck(number, {
    status: localEndpoints ? 200 : 503,
    headers: { 'X-Load-Balancing-Endpoint-Weight': String(localEndpoints) },
    json: { service: { namespace: 'default', name }, localEndpoints },
  });

export default scenario({
  name: 'health checks of several Services are opened, closed, moved and kept apart',
  why: 'upstream: TestServer. One sync may close one, move another, open a third and leave a fourth alone; each reports its own Service and count, and 0 as soon as its slice is gone.',
  objects: [
    s1,
    s2,
    s3,
    slice('s1', ['pod-a']),
    slice('s2', ['pod-a', 'pod-b', 'node-host']),
    slice('s3', ['remote-a']),
  ],
  steps: [
    is(32081, 1, 's1'),
    is(32082, 3, 's2'),
    is(32083, 0, 's3'),
    remove(s1),
    patch(s3, { spec: { healthCheckNodePort: 32093 } }),
    apply(s4, slice('s4', ['pod-a', 'pod-b']), slice('s3', ['pod-a'])),
    is(32093, 1, 's3'),
    is(32084, 2, 's4'),
    is(32082, 3, 's2'),
    healthCheck(32081, { error: 'refused' }),
    healthCheck(32083, { error: 'refused' }),
    remove(slice('s2', [])),
    is(32082, 0, 's2'),
    is(32084, 2, 's4'),
    apply(slice('s2', ['pod-b'])),
    is(32082, 1, 's2'),
  ],
});
