import { NODE, reaches, scenario, service, slice, target, tcp, udp } from '../../builders.ts';

export default scenario({
  name: 'node port traffic is masqueraded',
  why: 'With externalTrafficPolicy Cluster, external traffic may go to another node, so it is masqueraded, whoever sends it.',
  objects: [
    service('web', {
      ip: '10.96.0.10',
      type: 'NodePort',
      ports: [tcp(80, { name: 'http', nodePort: 30080 }), udp(53, { name: 'dns', nodePort: 30053 })],
    }),
    slice('web', ['pod-a', 'remote-a'], {
      ports: [target(8080, { name: 'http' }), target(5353, { name: 'dns', protocol: 'UDP' })],
    }),
  ],
  steps: [
    reaches('client', `${NODE.v4}:30080`, ['pod-a', 'remote-a'], { source: 'masqueraded' }),
    reaches('client', `${NODE.v4}:30053`, ['pod-a', 'remote-a'], { source: 'masqueraded', proto: 'udp' }),
    reaches('pod-b', `${NODE.v4}:30080`, ['pod-a', 'remote-a'], { source: 'masqueraded' }),
  ],
});
