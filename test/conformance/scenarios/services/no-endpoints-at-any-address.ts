import { fails, NODE, NODE_SERVER_PORT, reaches, scenario, service, slice, target, tcp, udp } from '../../builders.ts';

const addresses = ['10.96.0.10:80', '203.0.113.20:80', '203.0.113.30:80', `${NODE.v4}:${NODE_SERVER_PORT}`];

export default scenario({
  name: 'a port without endpoints refuses at every address and from everywhere, beside a port that has some',
  why: 'upstream: TestNoEndpointsReject. Pods, the node and outsiders are refused at once at ClusterIP, VIP, external IP and node port, over TCP and UDP; the other port of the same Service is not concerned. (Not so in iptables mode.)',
  objects: [
    service('web', {
      ip: '10.96.0.10',
      type: 'LoadBalancer',
      vips: ['203.0.113.20'],
      externalIPs: ['203.0.113.30'],
      ports: [
        tcp(80, { name: 'none', nodePort: NODE_SERVER_PORT }),
        udp(80, { name: 'none-udp', nodePort: NODE_SERVER_PORT }),
        tcp(81, { name: 'some', nodePort: 30081 }),
      ],
    }),
    slice('web', ['pod-a'], { ports: [target(8081, { name: 'some' })] }),
  ],
  steps: [
    ...['client', 'pod-b', 'node'].flatMap(from => addresses.map(to => fails(from, to, 'refused'))),
    ...['client', 'pod-b'].flatMap(from => addresses.map(to => fails(from, to, 'refused', { proto: 'udp' }))),
    ...['10.96.0.10:81', '203.0.113.20:81', '203.0.113.30:81', `${NODE.v4}:30081`].map(to =>
      reaches('client', to, 'pod-a:8081'),
    ),
  ],
});
