import { apply, scenario, service, slice, target, udp, udpFlow } from '../../builders.ts';

const ports = [target(5353, { protocol: 'UDP' })];

export default scenario({
  name: 'a UDP flow moves on when its endpoint is removed',
  why: 'UDP clients keep their source port, so conntrack would send them to the removed endpoint forever; the proxy must clear such entries.',
  objects: [service('dns', { ip: '10.96.0.10', ports: [udp(53)] }), slice('dns', ['pod-a'], { ports })],
  steps: [
    udpFlow('query', { from: 'pod-b', to: '10.96.0.10:53', expect: { backends: ['pod-a'] } }),
    apply(slice('dns', ['remote-a'], { ports })),
    udpFlow('query', { expect: { backends: ['remote-a'] }, stable: true }),
  ],
});
