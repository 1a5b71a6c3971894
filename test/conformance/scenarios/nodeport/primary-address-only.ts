import { fails, NODE, reaches, scenario, service, slice, startProxy, tamper, tcp } from '../../builders.ts';

export default scenario({
  name: "by default only the node's primary address has node ports",
  why: 'In nftables mode nodePortAddresses defaults to "primary": the addresses of the Node object, not every local address.',
  start: false,
  objects: [
    service('web', { ip: '10.96.0.10', type: 'NodePort', ports: [tcp(80, { nodePort: 30080 })] }),
    slice('web', ['pod-a']),
  ],
  steps: [
    tamper('ip addr add 192.168.100.21/32 dev lo'),
    startProxy(),
    reaches('client', `${NODE.v4}:30080`, 'pod-a'),
    fails('client', '192.168.100.21:30080', 'refused'),
  ],
});
