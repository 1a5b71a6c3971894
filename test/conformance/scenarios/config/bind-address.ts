import { fails, NODE, reaches, scenario, service, slice, startProxy, tamper, tcp } from '../../builders.ts';

export default scenario({
  name: "bindAddress is taken for the node's primary address",
  why: 'Test_detectNodeIPs "Dual stack, override IPv4": it goes before the addresses of the Node object, for its own family only, and decides where primary node ports are.',
  needs: ['ipv6'],
  config: { bindAddress: '192.168.100.21', nodePortAddresses: ['primary'] },
  start: false,
  objects: [
    service('web', { ip: ['10.96.0.10', 'fd00:10:96::10'], type: 'NodePort', ports: [tcp(80, { nodePort: 30080 })] }),
    slice('web', ['pod-a']),
    slice('web', ['pod-a'], { family: 'v6' }),
  ],
  steps: [
    tamper('ip addr add 192.168.100.21/32 dev lo'),
    startProxy(),
    reaches('client', '192.168.100.21:30080', 'pod-a'),
    fails('client', `${NODE.v4}:30080`, 'refused'),
    reaches('client', `[${NODE.v6}]:30080`, 'pod-a'),
  ],
});
