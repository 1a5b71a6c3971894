import { fails, NODE, reaches, scenario, service, slice, tamper, tcp } from '../../builders.ts';

export default scenario({
  name: 'an address that the node gets later has node ports as soon as it is there',
  why: 'kube-proxy reads the addresses of the interfaces with full syncs, once in an hour (E-25): a floating address that fails over to this node would be dead until then.',
  needs: ['ipv6'],
  config: { nodePortAddresses: ['192.168.100.20/30', '2001:db8:5::70/124'] },
  objects: [
    service('web', { ip: ['10.96.0.10', 'fd00:10:96::10'], type: 'NodePort', ports: [tcp(80, { nodePort: 30080 })] }),
    slice('web', ['pod-a']),
    slice('web', ['pod-a'], { family: 'v6' }),
  ],
  steps: [
    fails('client', `${NODE.v4}:30080`, 'refused'),
    tamper('ip addr add 192.168.100.21/32 dev lo; ip addr add 2001:db8:5::77/128 dev lo nodad'),
    reaches('client', '192.168.100.21:30080', 'pod-a', { within: 5 }),
    reaches('client', '[2001:db8:5::77]:30080', 'pod-a', { within: 5 }),
    tamper('ip addr add 192.168.100.24/32 dev lo; ip addr del 192.168.100.21/32 dev lo'),
    tamper('ip addr add 192.168.100.22/32 dev lo'),
    reaches('client', '192.168.100.22:30080', 'pod-a', { within: 5 }),
    fails('client', '192.168.100.24:30080', 'refused'),
  ],
});
