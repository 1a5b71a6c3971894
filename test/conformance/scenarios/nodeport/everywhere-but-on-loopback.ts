import { fails, NODE, reaches, scenario, service, slice, tamper, tcp } from '../../builders.ts';

export default scenario({
  name: 'zero ranges open node ports at every address of the node, later ones included, but not on loopback',
  why: "upstream: TestGetNodeIPs (zero CIDR) and TestNodePorts. 0.0.0.0/0 and ::/0 stand for whatever is local, other ranges beside them for nothing; other hosts' addresses are left alone.",
  needs: ['ipv6'],
  config: { nodePortAddresses: ['198.51.100.0/24', '0.0.0.0/0', '::/0'] },
  objects: [
    service('web', { ip: ['10.96.0.10', 'fd00:10:96::10'], type: 'NodePort', ports: [tcp(80, { nodePort: 30080 })] }),
    slice('web', ['pod-a']),
    slice('web', ['pod-a'], { family: 'v6' }),
  ],
  steps: [
    ...[NODE.v4, '10.244.1.1', `[${NODE.v6}]`, '[fd00:10:244:1::1]'].map(to =>
      reaches('client', `${to}:30080`, 'pod-a'),
    ),
    tamper('ip addr add 203.0.113.77/32 dev lo; ip addr add 2001:db8:5::77/128 dev lo'),
    reaches('client', '203.0.113.77:30080', 'pod-a'),
    reaches('client', '[2001:db8:5::77]:30080', 'pod-a'),
    fails('node', '127.0.0.1:30080', 'refused'),
    fails('node', '[::1]:30080', 'refused'),
    fails('client', '203.0.113.78:30080', 'unreachable'),
    fails('pod-b', '10.244.2.10:30080', 'refused'),
  ],
});
