import { NODE, reaches, scenario, service, slice, tcp } from '../../builders.ts';

export default scenario({
  name: 'the node reaches its own node ports',
  why: "Locally generated packets to the node's own address are forwarded, too.",
  objects: [
    service('web', { ip: '10.96.0.10', type: 'NodePort', ports: [tcp(80, { nodePort: 30080 })] }),
    slice('web', ['pod-a', 'remote-a']),
  ],
  steps: [reaches('node', `${NODE.v4}:30080`, ['pod-a', 'remote-a'])],
});
