import { apply, NODE, scenario, service, slice, target, udp, udpFlow } from '../../builders.ts';

export default scenario({
  name: 'a UDP flow to a Service without endpoints works once there is one',
  why: 'Going from no endpoint to one must not leave flows behind that were tracked while there was none.',
  objects: [service('dns', { ip: '10.96.0.10', type: 'NodePort', ports: [udp(53, { nodePort: 30053 })] })],
  steps: [
    udpFlow('by cluster ip', { from: 'pod-b', to: '10.96.0.10:53', expect: 'refused' }),
    udpFlow('by node port', { from: 'client', to: `${NODE.v4}:30053`, expect: 'refused' }),
    apply(slice('dns', ['pod-a'], { ports: [target(5353, { protocol: 'UDP' })] })),
    udpFlow('by cluster ip', { expect: { backends: ['pod-a'] }, stable: true }),
    udpFlow('by node port', { expect: { backends: ['pod-a'] }, stable: true }),
  ],
});
