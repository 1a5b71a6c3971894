import { fails, NODE, reaches, scenario, service, slice, tcp } from '../../builders.ts';

export default scenario({
  name: 'nodePortAddresses choose the addresses of each family by its own ranges',
  why: "upstream: TestNodePorts (multiple nodeport-addresses, IPv4 and IPv6). Of the node's several addresses those within some range are open, the others are not, and redundant ranges do no harm.",
  needs: ['ipv6'],
  config: { nodePortAddresses: ['10.244.1.0/24', '10.244.1.1/32', 'fd00:10:244:1::/64', '198.51.100.0/24'] },
  objects: [
    service('web', { ip: ['10.96.0.10', 'fd00:10:96::10'], type: 'NodePort', ports: [tcp(80, { nodePort: 30080 })] }),
    slice('web', ['pod-a', 'remote-a']),
    slice('web', ['pod-a', 'remote-a'], { family: 'v6' }),
  ],
  steps: [
    reaches('client', '10.244.1.1:30080', ['pod-a', 'remote-a'], { source: 'masqueraded' }),
    reaches('pod-b', '[fd00:10:244:1::1]:30080', ['pod-a', 'remote-a'], { source: 'masqueraded' }),
    reaches('client', '[fd00:10:244:1::1]:30080', ['pod-a', 'remote-a']),
    fails('client', `${NODE.v4}:30080`, 'refused'),
    fails('client', `[${NODE.v6}]:30080`, 'refused'),
    reaches('client', '10.96.0.10:80', ['pod-a', 'remote-a']),
  ],
});
