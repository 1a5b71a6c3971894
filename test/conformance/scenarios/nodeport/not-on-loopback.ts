import { fails, NODE, reaches, scenario, service, slice, tcp } from '../../builders.ts';

export default scenario({
  name: 'node ports are not open on 127.0.0.1',
  why: 'nftables mode does not support localhost node ports, since that would need route_localnet.',
  objects: [
    service('web', { ip: '10.96.0.10', type: 'NodePort', ports: [tcp(80, { nodePort: 30080 })] }),
    slice('web', ['pod-a']),
  ],
  steps: [reaches('node', `${NODE.v4}:30080`, 'pod-a'), fails('node', '127.0.0.1:30080', 'refused')],
});
