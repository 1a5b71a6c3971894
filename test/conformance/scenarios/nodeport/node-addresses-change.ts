import {
  apply,
  fails,
  NODE,
  node,
  patch,
  probe,
  reaches,
  scenario,
  service,
  slice,
  tamper,
  tcp,
} from '../../builders.ts';

const addresses = (...pairs: [string, string][]) =>
  patch(node(), { status: { addresses: pairs.map(([type, address]) => ({ type, address })) } });
const [moved, moved6] = ['192.168.100.21', '2001:db8:5::77'];

export default scenario({
  name: "a change of the node's addresses takes effect without a restart, wherever they count",
  why: 'The first InternalIP of each family is the primary address: of node ports, and for the question whether source ranges hold the node. kube-proxy exits, and 1.34 to 1.36.2 miss the change.',
  needs: ['ipv6'],
  objects: [
    service('web', {
      ip: ['10.96.0.10', 'fd00:10:96::10'],
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      healthCheckNodePort: 32080,
      vips: ['203.0.113.20'],
      loadBalancerSourceRanges: [`${moved}/32`],
      ports: [tcp(80, { nodePort: 30080 })],
    }),
    slice('web', ['pod-a']),
    slice('web', ['pod-a'], { family: 'v6' }),
  ],
  steps: [
    tamper(`for a in ${moved}/32 203.0.113.20/32 ${moved6}/128; do ip addr add $a dev lo; done`),
    reaches('client', `${NODE.v4}:30080`, 'pod-a'),
    probe({ from: 'node', to: '203.0.113.20:80', expect: 'timeout', attempts: 2 }),
    addresses(
      ['ExternalIP', '198.51.100.7'],
      ['Hostname', 'node-a'],
      ['InternalIP', moved],
      ['InternalIP', NODE.v4],
      ['InternalIP', moved6],
    ),
    reaches('client', `${moved}:30080`, 'pod-a', { source: 'preserved' }),
    fails('client', `${NODE.v4}:30080`, 'refused'),
    reaches('client', `[${moved6}]:30080`, 'pod-a'),
    fails('client', `[${NODE.v6}]:30080`, 'refused'),
    reaches('node', '203.0.113.20:80', 'pod-a'),
    apply(node()),
    reaches('client', `${NODE.v4}:30080`, 'pod-a'),
    fails('client', `${moved}:30080`, 'refused'),
  ],
});
