import { NODE, reaches, scenario, service, slice, target, udp } from '../../builders.ts';

export default scenario({
  name: 'a UDP node port is open to the outside',
  why: 'Node ports are opened for each protocol that the Service port asks for.',
  objects: [
    service('dns', { ip: '10.96.0.10', type: 'NodePort', ports: [udp(53, { nodePort: 30053 })] }),
    slice('dns', ['pod-a', 'remote-a'], { ports: [target(5353, { protocol: 'UDP' })] }),
  ],
  steps: [reaches('client', `${NODE.v4}:30053`, ['pod-a', 'remote-a'], { proto: 'udp' })],
});
