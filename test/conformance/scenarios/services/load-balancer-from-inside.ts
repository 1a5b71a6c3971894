import { reaches, scenario, service, slice, target, tcp, udp } from '../../builders.ts';

export default scenario({
  name: 'a load balancer serves TCP and UDP at one port, also to pods and the node',
  why: 'e2e "should serve endpoints on same port and different protocol for internal traffic on Type LoadBalancer".',
  objects: [
    service('web', {
      ip: '10.96.0.10',
      type: 'LoadBalancer',
      vips: ['203.0.113.20'],
      ports: [tcp(80, { name: 'http', nodePort: 30080 }), udp(80, { name: 'datagrams', nodePort: 30080 })],
    }),
    slice('web', ['pod-a', 'remote-a'], {
      ports: [target(8080, { name: 'http' }), target(8081, { name: 'datagrams', protocol: 'UDP' })],
    }),
  ],
  steps: ['pod-b', 'node', 'client'].flatMap(from =>
    ['10.96.0.10:80', '203.0.113.20:80'].flatMap(to => [
      reaches(from, to, ['pod-a:8080', 'remote-a:8080']),
      reaches(from, to, ['pod-a:8081', 'remote-a:8081'], { proto: 'udp' }),
    ]),
  ),
});
