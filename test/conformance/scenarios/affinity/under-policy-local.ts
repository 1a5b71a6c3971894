import {
  apply,
  clientIP,
  CLIENTS,
  fails,
  NODE,
  scenario,
  service,
  settle,
  slice,
  sticky,
  target,
  tcp,
  udp,
} from '../../builders.ts';

const ports = [target(8080, { name: 'web' }), target(5353, { name: 'dns', protocol: 'UDP' })];
const here = ['pod-a', 'pod-b'];
const inside = CLIENTS.slice(0, 8);

export default scenario({
  name: 'under policy Local clients keep their local backend, over TCP and UDP, within the source ranges',
  why: 'Affinity chooses among the endpoints of the policy. What the ranges keep out gets no backend, and losing the local ones ends affinity to them without leading anybody elsewhere.',
  objects: [
    service('web', {
      ip: '10.96.0.10',
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      internalTrafficPolicy: 'Local',
      healthCheckNodePort: 32080,
      vips: ['203.0.113.20'],
      loadBalancerSourceRanges: ['192.168.100.96/29', '192.168.100.104/30', '192.168.100.108/32'],
      ports: [tcp(80, { name: 'web', nodePort: 30080 }), udp(53, { name: 'dns', nodePort: 30053 })],
      ...clientIP(),
    }),
    slice('web', [...here, 'remote-a'], { ports }),
  ],
  steps: [
    sticky({ from: inside, to: '203.0.113.20:80', backends: here, distinct: 2, as: 'tcp' }),
    sticky({ from: inside, to: '203.0.113.20:53', proto: 'udp', backends: here, distinct: 2, as: 'udp' }),
    sticky({ from: inside, to: `${NODE.v4}:30080`, same: 'tcp', within: 0 }),
    sticky({ from: inside, to: `${NODE.v4}:30053`, proto: 'udp', same: 'udp', within: 0 }),
    fails('client-9', '203.0.113.20:80', 'timeout', { attempts: 2 }),
    apply(slice('web', ['pod-b', 'remote-a'], { ports })),
    settle(),
    sticky({ from: inside, to: '203.0.113.20:80', backends: ['pod-b'] }),
    sticky({ from: inside, to: '203.0.113.20:53', proto: 'udp', backends: ['pod-b'] }),
    apply(slice('web', ['remote-a'], { ports })),
    fails('client-1', '203.0.113.20:80', 'timeout', { attempts: 2 }),
    apply(slice('web', [...here, 'remote-a'], { ports })),
    settle(),
    sticky({ from: inside, to: '203.0.113.20:80', backends: here }),
  ],
});
