import { fails, NODE, PEER, reaches, scenario, service, slice, tcp } from '../../builders.ts';

export default scenario({
  name: "traffic to another node's port is passed on untouched",
  why: "Only packets to the node's own addresses are node port traffic; what pods send to other nodes is for those to handle.",
  objects: [
    service('web', { ip: '10.96.0.10', type: 'NodePort', ports: [tcp(80, { nodePort: 30080 })] }),
    slice('web', ['pod-a']),
  ],
  steps: [reaches('pod-b', `${NODE.v4}:30080`, 'pod-a'), fails('pod-b', `${PEER.v4}:30080`, 'refused')],
});
