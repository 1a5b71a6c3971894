import { apply, scenario, service, slice, target, udp, udpFlow } from '../../builders.ts';

const dns = (hosts: string[]) => slice('dns', hosts, { ports: [target(5353, { protocol: 'UDP' })] });

export default scenario({
  name: 'a UDP flow to a Service of internalTrafficPolicy Local moves on with the local endpoint',
  why: 'e2e "should be able to preserve UDP traffic when server pod cycles for a ClusterIP service with InternalTrafficPolicy set to Local".',
  objects: [
    service('dns', { ip: '10.96.0.10', internalTrafficPolicy: 'Local', ports: [udp(53)] }),
    dns(['pod-a', 'remote-a']),
  ],
  steps: [
    udpFlow('query', { from: 'pod-b', to: '10.96.0.10:53', expect: { backends: ['pod-a'] } }),
    apply(dns(['node-host', 'remote-a'])),
    udpFlow('query', { expect: { backends: ['node-host'] }, stable: true }),
    apply(dns(['pod-a', 'remote-a'])),
    udpFlow('query', { expect: { backends: ['pod-a'] }, stable: true }),
  ],
});
