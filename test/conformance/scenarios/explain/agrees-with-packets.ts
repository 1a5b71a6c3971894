import {
  apply,
  fails,
  reaches,
  runBeside,
  scenario,
  service,
  serviceCIDR,
  settle,
  slice,
  tcp,
} from '../../builders.ts';

/** What explain says of a packet from an address, or `host`; its verdict, and lines of what it goes on to say. */
const explains = (from: string, to: string, ...lines: readonly string[]) =>
  runBeside(['explain', from, to], { printsLines: lines });

const external = service('local', {
  ip: '10.96.0.20',
  type: 'LoadBalancer',
  externalTrafficPolicy: 'Local',
  healthCheckNodePort: 32080,
  vips: ['203.0.113.20'],
  ports: [tcp(80, { nodePort: 30080 })],
  loadBalancerSourceRanges: ['192.168.100.9/32', '10.244.0.0/16'],
});

export default scenario({
  name: 'explain says of a packet what happens to it',
  why: 'It reads the plan and the elements that the agent works with, from the same API server.',
  objects: [
    serviceCIDR(),
    service('web', { ip: '10.96.0.10', ports: [tcp(80, { nodePort: 30081 })], type: 'NodePort' }),
    slice('web', ['pod-a', 'remote-a']),
    external,
    slice('local', ['pod-b', 'remote-b']),
    service('none', { ip: '10.96.0.30' }),
  ],
  steps: [
    explains('10.244.1.11', '10.96.0.10:80', 'forwarded to one of 2 endpoints of default/web, source kept'),
    reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a'], { source: 'preserved' }),
    explains(
      '10.244.1.10',
      'default/web:80',
      'forwarded to one of 2 endpoints of default/web, source kept, but masqueraded to 10.244.1.10:8080',
    ),
    reaches('pod-a', '10.96.0.10:80', ['pod-a', 'remote-a']),
    explains('host', '10.96.0.10:80', 'forwarded to one of 2 endpoints of default/web, masqueraded'),
    reaches('node', '10.96.0.10:80', ['pod-a', 'remote-a']),
    explains('192.168.100.9', '192.168.100.1:30081', 'forwarded to one of 2 endpoints of default/web, masqueraded'),
    reaches('client', '192.168.100.1:30081', ['pod-a', 'remote-a'], { source: 'masqueraded' }),

    explains(
      '192.168.100.9',
      '203.0.113.20:80',
      'forwarded to the one endpoint of default/local, 10.244.1.11:8080, source kept',
      '10.244.2.11:8080  node-b  on node-b, and policy Local has those on node-a only',
    ),
    reaches('client', '203.0.113.20:80', 'pod-b', { source: 'preserved' }),
    explains('10.244.1.10', '203.0.113.20:80', 'forwarded to one of 2 endpoints of default/local, source kept'),
    reaches('pod-a', '203.0.113.20:80', ['pod-b', 'remote-b']),
    explains(
      '192.168.100.101',
      '203.0.113.20:80',
      'dropped: 192.168.100.101 is in none of the source ranges of default/local',
    ),
    fails('client-1', '203.0.113.20:80', 'timeout'),

    explains(
      '192.168.100.9',
      '10.96.0.30:80',
      'rejected: default/none has no endpoint that could serve: no EndpointSlice has the label kubernetes.io/service-name with its name',
    ),
    fails('client', '10.96.0.30:80', 'refused'),
    explains(
      '10.244.1.10',
      '10.96.0.10:81',
      'rejected: 10.96.0.10 is the ClusterIP of default/web, which has no port 81/TCP',
    ),
    fails('pod-a', '10.96.0.10:81', 'refused'),
    explains(
      '10.244.1.10',
      '10.96.0.99:80',
      "dropped: 10.96.0.99 is in service CIDR 10.96.0.0/16, and is no Service's",
    ),
    fails('pod-a', '10.96.0.99:80', 'timeout'),

    apply(slice('local', ['remote-b'])),
    settle(),
    explains(
      '192.168.100.9',
      '203.0.113.20:80',
      'dropped: default/local has endpoints, but none on this node, and its external traffic policy is Local',
    ),
    fails('client', '203.0.113.20:80', 'timeout'),
    explains(
      '10.244.1.10',
      '203.0.113.20:80',
      'forwarded to the one endpoint of default/local, 10.244.2.11:8080, source kept',
    ),
    reaches('pod-a', '203.0.113.20:80', 'remote-b'),
  ],
});
