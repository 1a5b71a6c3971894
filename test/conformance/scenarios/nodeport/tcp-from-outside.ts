import { NODE, reaches, scenario, service, slice, tcp } from '../../builders.ts';

export default scenario({
  name: 'a TCP node port is open to the outside',
  why: "A NodePort Service is reachable at the node's address and forwards to any endpoint of the cluster (externalTrafficPolicy Cluster).",
  objects: [
    service('web', { ip: '10.96.0.10', type: 'NodePort', ports: [tcp(80, { nodePort: 30080 })] }),
    slice('web', ['pod-a', 'remote-a']),
  ],
  steps: [reaches('client', `${NODE.v4}:30080`, ['pod-a', 'remote-a'])],
});
