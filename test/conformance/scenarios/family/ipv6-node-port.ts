import { NODE, reaches, scenario, service, slice, tcp } from '../../builders.ts';

export default scenario({
  name: 'node ports are open in each family of the Service',
  why: "A dual-stack NodePort Service is reachable at the node's addresses of both families.",
  needs: ['ipv6'],
  objects: [
    service('web', { ip: ['10.96.0.10', 'fd00:10:96::10'], type: 'NodePort', ports: [tcp(80, { nodePort: 30080 })] }),
    slice('web', ['pod-a', 'remote-a']),
    slice('web', ['pod-a', 'remote-b'], { family: 'v6' }),
  ],
  steps: [
    reaches('client', `${NODE.v4}:30080`, ['pod-a', 'remote-a']),
    reaches('client', `[${NODE.v6}]:30080`, ['pod-a', 'remote-b'], { source: 'masqueraded' }),
  ],
});
