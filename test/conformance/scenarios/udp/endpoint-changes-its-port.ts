import { apply, reaches, scenario, service, slice, target, udp, udpFlow } from '../../builders.ts';

const options = (number: number) => ({ ports: [target(number, { protocol: 'UDP' })] });

export default scenario({
  name: 'a UDP flow moves on when its endpoint changes nothing but the port',
  why: 'upstream: TestCleanStaleEntries (testOldEndpointPort). An entry is stale if address and port together are no endpoint any more, at ClusterIP, VIP and external IP.',
  objects: [
    service('dns', {
      ip: '10.96.0.10',
      type: 'LoadBalancer',
      vips: ['203.0.113.20'],
      externalIPs: ['203.0.113.30'],
      ports: [udp(53, { nodePort: 30053 })],
    }),
    slice('dns', ['pod-a'], options(5353)),
  ],
  steps: [
    udpFlow('cluster ip', { from: 'pod-b', to: '10.96.0.10:53', expect: { backends: ['pod-a:5353'] } }),
    udpFlow('vip', { from: 'client', to: '203.0.113.20:53', expect: { backends: ['pod-a:5353'] } }),
    udpFlow('external ip', { from: 'client', to: '203.0.113.30:53', expect: { backends: ['pod-a:5353'] } }),
    udpFlow('node port', { from: 'client', to: '192.168.100.1:30053', expect: { backends: ['pod-a:5353'] } }),
    apply(slice('dns', ['pod-a'], options(8081))),
    reaches('pod-b', '10.96.0.10:53', 'pod-a:8081', { proto: 'udp' }),
    ...['cluster ip', 'vip', 'external ip', 'node port'].map(name =>
      udpFlow(name, { expect: { backends: ['pod-a:8081'] }, stable: true }),
    ),
  ],
});
