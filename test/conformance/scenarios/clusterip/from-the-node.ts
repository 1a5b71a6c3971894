import { reaches, scenario, service, slice, target, tcp, udp } from '../../builders.ts';

const ports = [tcp(80, { name: 'http' }), udp(53, { name: 'dns' })];

export default scenario({
  name: 'processes on the node reach ClusterIPs',
  why: 'Service addresses work for host-network processes of the node, too: locally generated packets are forwarded like those of pods.',
  objects: [
    service('web', { ip: '10.96.0.10', ports }),
    slice('web', ['pod-a', 'remote-a'], {
      ports: [target(8080, { name: 'http' }), target(5353, { name: 'dns', protocol: 'UDP' })],
    }),
  ],
  steps: [
    reaches('node', '10.96.0.10:80', ['pod-a', 'remote-a']),
    reaches('node', '10.96.0.10:53', ['pod-a', 'remote-a'], { proto: 'udp' }),
  ],
});
