import { apply, scenario, service, slice, target, udp, udpFlow } from '../../builders.ts';

export default scenario({
  name: 'a UDP flow older than its VIP finds it',
  why: 'As for ClusterIPs, conntrack entries from before the VIP was known must be cleared.',
  steps: [
    udpFlow('query', { from: 'client', to: '203.0.113.20:53', expect: 'unreachable', stable: true }),
    apply(
      service('dns', {
        ip: '10.96.0.10',
        type: 'LoadBalancer',
        vips: ['203.0.113.20'],
        ports: [udp(53, { nodePort: 30053 })],
      }),
      slice('dns', ['pod-a'], { ports: [target(5353, { protocol: 'UDP' })] }),
    ),
    udpFlow('query', { expect: { backends: ['pod-a'] }, stable: true }),
  ],
});
