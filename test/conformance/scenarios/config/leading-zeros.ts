import { fails, NODE, reaches, scenario, service, slice, startProxy, tamper, tcp } from '../../builders.ts';

export default scenario({
  name: 'addresses in the configuration may have leading zeros',
  why: 'Source behaviour (sloppy parsing, kept for old configurations): 010 in an IPv4 address or CIDR of the file is decimal ten.',
  config: {
    clusterCIDR: '010.244.000.000/16,fd00:10:244::/48',
    nodePortAddresses: ['192.168.100.001/32'],
    bindAddress: '000.000.000.000',
  },
  start: false,
  objects: [
    service('web', { ip: '10.96.0.10', type: 'NodePort', ports: [tcp(80, { nodePort: 30080 })] }),
    slice('web', ['pod-a']),
  ],
  steps: [
    tamper('ip addr add 192.168.100.21/32 dev lo'),
    startProxy(),
    reaches('client', `${NODE.v4}:30080`, 'pod-a'),
    fails('client', '192.168.100.21:30080', 'refused'),
    reaches('pod-b', '10.96.0.10:80', 'pod-a', { source: 'preserved' }),
    reaches('client', '10.96.0.10:80', 'pod-a', { source: 'masqueraded' }),
  ],
});
