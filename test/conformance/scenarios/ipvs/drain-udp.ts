import { apply, draining, notReady, reaches, scenario, service, slice, target, udp, udpFlow } from '../../builders.ts';

const ports = [target(5353, { protocol: 'UDP' })];
const endpoints = (...all: Parameters<typeof slice>[1]) => apply(slice('dns', all, { ports }));

export default scenario({
  name: 'UDP does not drain: a flow whose endpoint is lost goes on to another at once, with its source port',
  why: 'A flow would stay with an endpoint of weight 0 for ever; an endpoint that is deleted loses its flows, and the kernel their conntrack entries.',
  needs: ['ipvs'],
  objects: [service('dns', { ip: '10.96.0.10', ports: [udp(53)] }), slice('dns', ['pod-a'], { ports })],
  steps: [
    udpFlow('asks', { from: 'pod-b', to: '10.96.0.10:53', expect: { backends: ['pod-a'] } }),
    endpoints('remote-a', notReady('pod-a')),
    udpFlow('asks', { expect: { backends: ['remote-a'] } }),
    endpoints('pod-a'),
    udpFlow('asks', { expect: { backends: ['pod-a'] } }),
    endpoints('remote-a', draining('pod-a')),
    udpFlow('asks', { expect: { backends: ['remote-a'] } }),
    reaches('pod-b', '10.96.0.10:53', 'remote-a', { proto: 'udp', stable: true }),
  ],
});
