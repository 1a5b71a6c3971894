import { apply, NODE, scenario, service, settle, slice, target, udp, udpFlow } from '../../builders.ts';
import type { Expectation } from '../../builders.ts';

const ports = [target(5353, { protocol: 'UDP' })];
const dns = (hosts: string[]) => slice('dns', hosts, { ports });
const flows = (expect: { expect: Expectation; stable?: boolean }) => [
  udpFlow('by cluster ip', { from: 'pod-b', to: '10.96.0.10:53', ...expect }),
  udpFlow('by node port', { from: 'client', to: `${NODE.v4}:30053`, ...expect }),
];

export default scenario({
  name: 'UDP flows stay with their backend when a second one joins, and move only when theirs goes',
  why: 'e2e "should be able to preserve UDP traffic when server pod cycles for a NodePort service" and "… a ClusterIP service".',
  objects: [
    service('dns', { ip: '10.96.0.10', type: 'NodePort', ports: [udp(53, { nodePort: 30053 })] }),
    dns(['pod-a']),
  ],
  steps: [
    ...flows({ expect: { backends: ['pod-a'] } }),
    apply(dns(['pod-a', 'remote-a'])),
    settle(),
    ...flows({ expect: { backends: ['pod-a'] }, stable: true }),
    apply(dns(['remote-a'])),
    ...flows({ expect: { backends: ['remote-a'] }, stable: true }),
    apply(dns(['pod-a'])),
    ...flows({ expect: { backends: ['pod-a'] }, stable: true }),
  ],
});
