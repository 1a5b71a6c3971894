import {
  apply,
  fails,
  healthCheck,
  NODE,
  NODE_SERVER_PORT,
  reaches,
  scenario,
  service,
  settle,
  slice,
  target,
  tcp,
  udp,
} from '../../builders.ts';

const slices = slice('web', ['pod-a', 'remote-a'], {
  ports: [target(8080, { name: 'http' }), target(5353, { name: 'dns', protocol: 'UDP' })],
});
const inner = service('web', { ip: '10.96.0.10', ports: [tcp(80, { name: 'http' }), udp(80, { name: 'dns' })] });
const outer = service('web', {
  ip: '10.96.0.10',
  type: 'LoadBalancer',
  externalTrafficPolicy: 'Local',
  healthCheckNodePort: 32080,
  vips: ['203.0.113.20'],
  ports: [tcp(80, { name: 'http', nodePort: NODE_SERVER_PORT }), udp(80, { name: 'dns', nodePort: 30053 })],
});

export default scenario({
  name: 'a Service turns into a load balancer and back, with all that belongs to it',
  why: 'upstream: TestBuildServiceMapServiceUpdate. VIP, node ports, policy and health check come and go with the type; an update without a change changes nothing; the ClusterIP works throughout.',
  objects: [inner, slices],
  steps: [
    reaches('client', `${NODE.v4}:${NODE_SERVER_PORT}`, 'node-host'),
    healthCheck(32080, { error: 'refused' }),
    apply(outer),
    reaches('client', '203.0.113.20:80', 'pod-a', { source: 'preserved', attempts: 20 }),
    reaches('client', '203.0.113.20:80', 'pod-a:5353', { proto: 'udp', attempts: 20 }),
    reaches('client', `${NODE.v4}:${NODE_SERVER_PORT}`, 'pod-a'),
    healthCheck(32080, { status: 200, json: { localEndpoints: 1 } }),
    apply({ ...outer, metadata: { ...outer.metadata, annotations: { note: 'nothing new' } } }),
    settle(),
    healthCheck(32080, { status: 200, json: { localEndpoints: 1 } }, { within: 0 }),
    reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a']),
    apply(inner),
    fails('client', '203.0.113.20:80', 'unreachable'),
    fails('client', '203.0.113.20:80', 'unreachable', { proto: 'udp' }),
    reaches('client', `${NODE.v4}:${NODE_SERVER_PORT}`, 'node-host'),
    healthCheck(32080, { error: 'refused' }),
    reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a']),
  ],
});
