import {
  apply,
  clientIP,
  runBeside,
  scenario,
  service,
  serviceCIDR,
  settle,
  slice,
  startProxy,
  sticky,
  stopProxy,
  tamper,
  tcp,
} from '../../builders.ts';

const same = runBeside(['diff'], { prints: '' });
const ips = ['10.96.0.10', 'fd00:10:96::10'];
const web = service('web', {
  type: 'LoadBalancer',
  ip: ips,
  ports: [tcp(80, { nodePort: 30080 })],
  externalTrafficPolicy: 'Local',
  healthCheckNodePort: 30100,
  vips: ['203.0.113.20'],
  loadBalancerSourceRanges: ['10.0.0.0/8', '2001:db8::/32'],
  ...clientIP(),
});

const more = { ...serviceCIDR('more'), spec: { cidrs: ['10.97.0.0/16'] } };

export default scenario({
  name: 'diff finds out by itself what else the rules of this node are made of',
  why: 'Addresses of the host, pod CIDRs of the Node, what nft can do and the configuration shape the rules; taken for others, all would differ.',
  needs: ['nftables'],
  config: {
    nodePortAddresses: ['192.168.100.0/24', '2001:db8::/32'],
    detectLocalMode: 'InterfaceNamePrefix',
    detectLocal: { interfaceNamePrefix: 'veth' },
    nftables: { masqueradeAll: true, masqueradeBit: 31 },
  },
  objects: [
    serviceCIDR(),
    web,
    slice('web', ['pod-a', 'remote-a']),
    slice('web', ['pod-a', 'remote-a'], { family: 'v6' }),
  ],
  steps: [
    sticky({ from: ['pod-b'], to: '10.96.0.10:80', backends: ['pod-a', 'remote-a'] }),
    same,
    tamper('ip addr add 192.168.100.21/32 dev lo; ip addr add 2001:db8:5::77/128 dev lo nodad'),
    same,
    tamper('ip addr del 192.168.100.21/32 dev lo'),
    apply(more),
    settle(),
    same,
    stopProxy(),
    // Not those of the rules that are there any more.
    startProxy({ config: { detectLocalMode: 'NodeCIDR', clusterCIDR: null, nodePortAddresses: ['primary'] } }),
    same,
  ],
});
