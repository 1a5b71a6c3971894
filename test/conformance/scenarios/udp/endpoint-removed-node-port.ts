import { apply, NODE, scenario, service, slice, target, udp, udpFlow } from '../../builders.ts';

const ports = [target(5353, { protocol: 'UDP' })];

export default scenario({
  name: 'a UDP flow through a node port moves on when its endpoint is removed',
  why: 'Stale conntrack entries are cleared for node ports, too.',
  objects: [
    service('dns', { ip: '10.96.0.10', type: 'NodePort', ports: [udp(53, { nodePort: 30053 })] }),
    slice('dns', ['pod-a'], { ports }),
  ],
  steps: [
    udpFlow('query', { from: 'client', to: `${NODE.v4}:30053`, expect: { backends: ['pod-a'] } }),
    apply(slice('dns', ['remote-a'], { ports })),
    udpFlow('query', { expect: { backends: ['remote-a'] }, stable: true }),
  ],
});
