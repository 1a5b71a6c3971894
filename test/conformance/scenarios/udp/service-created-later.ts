import { apply, scenario, service, slice, target, udp, udpFlow } from '../../builders.ts';

export default scenario({
  name: 'a UDP flow older than its Service finds it',
  why: 'Datagrams to a ClusterIP before its Service exists leave a conntrack entry without NAT, which must be cleared for the flow to be forwarded.',
  steps: [
    udpFlow('query', { from: 'pod-b', to: '10.96.0.10:53', expect: 'unreachable', stable: true }),
    apply(
      service('dns', { ip: '10.96.0.10', ports: [udp(53)] }),
      slice('dns', ['pod-a'], { ports: [target(5353, { protocol: 'UDP' })] }),
    ),
    udpFlow('query', { expect: { backends: ['pod-a'] }, stable: true }),
  ],
});
