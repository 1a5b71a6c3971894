import { clientIP, CLIENTS, scenario, service, slice, sticky, target, udp } from '../../builders.ts';

const pods = ['pod-a', 'remote-a', 'remote-b'];
const ports = [target(5353, { protocol: 'UDP' })];

export default scenario({
  name: 'affinity holds for UDP over IPv6',
  why: 'e2e "Services Secondary IP Family should function for client IP based session affinity: udp".',
  needs: ['ipv6'],
  objects: [
    service('dns', { ip: ['10.96.0.10', 'fd00:10:96::10'], ports: [udp(53)], ...clientIP() }),
    slice('dns', pods, { ports }),
    slice('dns', pods, { ports, family: 'v6' }),
  ],
  steps: [
    sticky({ from: CLIENTS, to: '[fd00:10:96::10]:53', proto: 'udp', distinct: 2 }),
    sticky({ from: CLIENTS, to: '10.96.0.10:53', proto: 'udp', distinct: 2 }),
  ],
});
