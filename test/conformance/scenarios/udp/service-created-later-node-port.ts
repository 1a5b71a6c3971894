import { apply, NODE, scenario, service, slice, target, udp, udpFlow } from '../../builders.ts';

export default scenario({
  name: 'a UDP flow older than its node port finds it',
  why: 'Datagrams to the node before the node port exists leave a conntrack entry of local delivery, which must be cleared.',
  steps: [
    udpFlow('query', { from: 'client', to: `${NODE.v4}:30053`, expect: 'refused', stable: true }),
    apply(
      service('dns', { ip: '10.96.0.10', type: 'NodePort', ports: [udp(53, { nodePort: 30053 })] }),
      slice('dns', ['pod-a'], { ports: [target(5353, { protocol: 'UDP' })] }),
    ),
    udpFlow('query', { expect: { backends: ['pod-a'] }, stable: true }),
  ],
});
