import { apply, clientIP, fails, NODE, reaches, scenario, service, slice, target, tcp, udp } from '../../builders.ts';

const namespace = 'n'.repeat(63);
const name = 's'.repeat(63);
const [http, dns] = ['h'.repeat(63), 'd'.repeat(63)];
const ports = [target(8080, { name: http }), target(5353, { name: dns, protocol: 'UDP' })];
const endpoints = (hosts: string[], family: 'v4' | 'v6' = 'v4') =>
  slice(name, hosts, { namespace, name: `${name.slice(0, 50)}-${family}`, ports, family });

export default scenario({
  name: 'names of full length work without endpoints, too, and do not keep other Services from working',
  why: 'kube-proxy 1.36.2 comments what it rejects or drops by the name, and beyond 128 bytes nft refuses the comment and the whole sync with it (PR 140723).',
  objects: [
    service(name, {
      ip: ['10.96.0.10', 'fd00:10:96::10'],
      namespace,
      type: 'LoadBalancer',
      vips: ['203.0.113.20'],
      loadBalancerSourceRanges: ['192.168.100.9/32'],
      externalTrafficPolicy: 'Local',
      healthCheckNodePort: 32080,
      ports: [tcp(80, { name: http, nodePort: 30080 }), udp(53, { name: dns, nodePort: 30053 })],
      ...clientIP(),
    }),
    service('other', { ip: '10.96.0.11' }),
    slice('other', ['pod-a']),
  ],
  steps: [
    fails('pod-b', '10.96.0.10:80', 'refused'),
    fails('client', '203.0.113.20:80', 'refused'),
    fails('client', `${NODE.v4}:30053`, 'refused', { proto: 'udp' }),
    reaches('pod-b', '10.96.0.11:80', 'pod-a'),
    apply(endpoints(['remote-a']), endpoints(['remote-a'], 'v6')),
    reaches('pod-b', '10.96.0.10:80', 'remote-a'),
    reaches('pod-b', '[fd00:10:96::10]:53', 'remote-a', { proto: 'udp' }),
    fails('client', '203.0.113.20:80', 'timeout'),
    apply(endpoints(['pod-a', 'remote-a'])),
    reaches('client', '203.0.113.20:80', 'pod-a', { source: 'preserved' }),
    apply(slice('other', ['remote-a'])),
    reaches('pod-b', '10.96.0.11:80', 'remote-a'),
  ],
});
