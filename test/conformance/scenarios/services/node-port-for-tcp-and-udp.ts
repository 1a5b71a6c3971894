import { apply, fails, NODE, patch, reaches, scenario, service, slice, target, tcp, udp } from '../../builders.ts';
import type { ServicePort } from '../../builders.ts';

const web = service('web', { ip: '10.96.0.10' });
const asNodePort = (...ports: ServicePort[]) =>
  patch(web, { spec: { type: 'NodePort', externalTrafficPolicy: 'Cluster', ports } });
const tcpPort = tcp(80, { name: 'tcp-port', nodePort: 30080 });

export default scenario({
  name: 'a Service becomes a NodePort, then serves UDP at the same number, too',
  why: 'e2e "should be able to update service type to NodePort listening on same port number but different protocols": TCP and UDP may share the port and the node port.',
  objects: [web],
  steps: [
    fails('pod-b', '10.96.0.10:80', 'refused'),
    asNodePort(tcpPort),
    apply(slice('web', ['pod-a', 'remote-a'], { ports: [target(8080, { name: 'tcp-port' })] })),
    reaches('client', `${NODE.v4}:30080`, ['pod-a', 'remote-a']),
    asNodePort(tcpPort, udp(80, { name: 'udp-port', nodePort: 30080 })),
    apply(
      slice('web', ['pod-a', 'remote-a'], {
        ports: [target(8080, { name: 'tcp-port' }), target(8080, { name: 'udp-port', protocol: 'UDP' })],
      }),
    ),
    reaches('client', `${NODE.v4}:30080`, ['pod-a', 'remote-a'], { proto: 'udp' }),
    reaches('client', `${NODE.v4}:30080`, ['pod-a', 'remote-a']),
    reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a'], { proto: 'udp' }),
    reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a']),
  ],
});
