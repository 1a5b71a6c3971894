import { apply, fails, NODE, reaches, scenario, service, slice, target, tcp, udp } from '../../builders.ts';

const more = { name: 'dns', nodePort: 30053 };
const as = (protocol: 'TCP' | 'UDP') =>
  apply(
    service('dns', {
      ip: '10.96.0.10',
      type: 'LoadBalancer',
      vips: ['203.0.113.20'],
      ports: [protocol === 'TCP' ? tcp(53, more) : udp(53, more)],
    }),
    slice('dns', ['pod-a'], { ports: [target(5353, { name: 'dns', protocol })] }),
  );
const has = (yes: 'tcp' | 'udp', no: 'tcp' | 'udp') => [
  ...['10.96.0.10:53', '203.0.113.20:53', `${NODE.v4}:30053`].map(to => reaches('client', to, 'pod-a', { proto: yes })),
  fails('client', '10.96.0.10:53', 'refused', { proto: no }),
  fails('client', '203.0.113.20:53', 'unreachable', { proto: no }),
  fails('client', `${NODE.v4}:30053`, 'refused', { proto: no }),
];

export default scenario({
  name: 'a port that changes nothing but its protocol is served in the new one, and in that one only',
  why: 'E-9: to forwarding it is another port. The old one goes from ClusterIP, VIP and node port as the new one comes.',
  steps: [as('TCP'), ...has('tcp', 'udp'), as('UDP'), ...has('udp', 'tcp'), as('TCP'), ...has('tcp', 'udp')],
});
