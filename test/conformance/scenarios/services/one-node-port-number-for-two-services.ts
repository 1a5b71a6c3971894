import { fails, NODE, reaches, remove, scenario, service, slice, target, tcp, udp } from '../../builders.ts';

const web = service('web', { ip: '10.96.0.10', type: 'NodePort', ports: [tcp(80, { nodePort: 30080 })] });

export default scenario({
  name: 'one node port number may be TCP of one Service and UDP of another',
  why: 'upstream: TestBuildServiceMapAddRemove (ports of several protocols). Node ports are told apart by protocol, with endpoints and without.',
  objects: [
    web,
    slice('web', ['pod-a']),
    service('dns', {
      ip: '10.96.0.11',
      type: 'NodePort',
      ports: [udp(53, { nodePort: 30080 }), tcp(53, { name: 'tcp', nodePort: 30053 })],
    }),
    slice('dns', ['remote-a'], { ports: [target(5353, { protocol: 'UDP' })] }),
  ],
  steps: [
    reaches('client', `${NODE.v4}:30080`, 'pod-a:8080'),
    reaches('client', `${NODE.v4}:30080`, 'remote-a:5353', { proto: 'udp' }),
    fails('client', `${NODE.v4}:30053`, 'refused'),
    remove(web),
    fails('client', `${NODE.v4}:30080`, 'refused'),
    reaches('client', `${NODE.v4}:30080`, 'remote-a:5353', { proto: 'udp' }),
  ],
});
