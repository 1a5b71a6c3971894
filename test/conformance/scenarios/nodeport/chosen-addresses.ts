import { fails, NODE, reaches, scenario, service, slice, startProxy, tamper, tcp } from '../../builders.ts';

export default scenario({
  name: 'nodePortAddresses chooses where node ports are open',
  why: 'With nodePortAddresses set, node ports are open only on local addresses within these ranges.',
  config: { nodePortAddresses: ['192.168.100.20/30'] },
  start: false,
  objects: [
    service('web', { ip: '10.96.0.10', type: 'NodePort', ports: [tcp(80, { nodePort: 30080 })] }),
    slice('web', ['pod-a']),
  ],
  steps: [
    tamper('ip addr add 192.168.100.21/32 dev lo'),
    startProxy(),
    reaches('client', '192.168.100.21:30080', 'pod-a'),
    fails('client', `${NODE.v4}:30080`, 'refused'),
  ],
});
