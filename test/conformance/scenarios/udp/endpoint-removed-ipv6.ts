import { apply, scenario, service, slice, target, udp, udpFlow } from '../../builders.ts';
import type { SliceOptions } from '../../builders.ts';

const options: SliceOptions = { family: 'v6', ports: [target(5353, { protocol: 'UDP' })] };

export default scenario({
  name: 'an IPv6 UDP flow moves on when its endpoint is removed',
  why: 'Stale conntrack entries are cleared in both families.',
  needs: ['ipv6'],
  objects: [service('dns', { ip: 'fd00:10:96::10', ports: [udp(53)] }), slice('dns', ['pod-a'], options)],
  steps: [
    udpFlow('query', { from: 'pod-b', to: '[fd00:10:96::10]:53', expect: { backends: ['pod-a'] } }),
    apply(slice('dns', ['remote-a'], options)),
    udpFlow('query', { expect: { backends: ['remote-a'] }, stable: true }),
  ],
});
