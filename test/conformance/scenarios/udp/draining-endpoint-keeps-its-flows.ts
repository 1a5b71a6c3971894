import { apply, draining, reaches, scenario, service, settle, slice, target, udp, udpFlow } from '../../builders.ts';

const ports = [target(5353, { protocol: 'UDP' })];

export default scenario({
  name: 'a draining endpoint keeps its UDP flows until it stops serving',
  why: 'Source behaviour: only entries of endpoints that no longer serve are stale, so that UDP drains as TCP does.',
  objects: [service('dns', { ip: '10.96.0.10', ports: [udp(53)] }), slice('dns', ['pod-a'], { ports })],
  steps: [
    udpFlow('query', { from: 'pod-b', to: '10.96.0.10:53', expect: { backends: ['pod-a'] } }),
    apply(slice('dns', [draining('pod-a'), 'remote-a'], { ports })),
    settle(),
    reaches('pod-b', '10.96.0.10:53', 'remote-a', { proto: 'udp', attempts: 20, stable: true }),
    udpFlow('query', { expect: { backends: ['pod-a'] }, stable: true, within: 0 }),
    apply(slice('dns', ['remote-a'], { ports })),
    udpFlow('query', { expect: { backends: ['remote-a'] }, stable: true }),
  ],
});
