import { fails, NODE, NODE_SERVER_PORT, reaches, scenario, service, slice, tcp } from '../../builders.ts';

export default scenario({
  name: "ranges that hold none of the node's addresses close all node ports",
  why: 'upstream: TestGetNodeIPs (IPv4 multiple, no match). No match is not the same as no list: the node ports are nowhere, and a process on the node keeps its port, even if the Service has no endpoints.',
  config: { nodePortAddresses: ['198.51.100.0/24', '2001:db8:99::/64'] },
  objects: [
    service('web', { ip: '10.96.0.10', type: 'NodePort', ports: [tcp(80, { nodePort: 30080 })] }),
    slice('web', ['pod-a']),
    service('none', { ip: '10.96.0.11', type: 'NodePort', ports: [tcp(80, { nodePort: NODE_SERVER_PORT })] }),
  ],
  steps: [
    reaches('client', '10.96.0.10:80', 'pod-a'),
    fails('client', `${NODE.v4}:30080`, 'refused'),
    fails('client', '10.244.1.1:30080', 'refused'),
    reaches('client', `${NODE.v4}:${NODE_SERVER_PORT}`, 'node-host'),
  ],
});
