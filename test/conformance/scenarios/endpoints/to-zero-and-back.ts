import { apply, fails, NODE, reaches, scenario, service, slice, tcp } from '../../builders.ts';

export default scenario({
  name: 'a Service scaled to zero refuses, and works again when scaled up',
  why: 'Losing the last endpoint turns forwarding into rejecting, for ClusterIPs and node ports; a new endpoint turns it back.',
  objects: [
    service('web', { ip: '10.96.0.10', type: 'NodePort', ports: [tcp(80, { nodePort: 30080 })] }),
    slice('web', ['pod-a']),
  ],
  steps: [
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
    apply(slice('web', [])),
    fails('pod-b', '10.96.0.10:80', 'refused'),
    fails('client', `${NODE.v4}:30080`, 'refused'),
    apply(slice('web', ['remote-a'])),
    reaches('pod-b', '10.96.0.10:80', 'remote-a'),
    reaches('client', `${NODE.v4}:30080`, 'remote-a'),
  ],
});
