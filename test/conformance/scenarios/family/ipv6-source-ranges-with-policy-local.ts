import { fails, NODE, reaches, scenario, service, slice, tamper, tcp } from '../../builders.ts';

const [vip, all] = ['[2001:db8:5::20]:80', ['pod-a', 'remote-a']];

export default scenario({
  name: 'IPv6: source ranges, bound VIPs and policy Local work together',
  why: 'upstream: TestLoadBalancer, in the other family. Ranges come first and spare neither pods nor the node; a node within them may use a VIP that is bound on itself.',
  needs: ['ipv6'],
  objects: [
    service('web', {
      ip: 'fd00:10:96::10',
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      healthCheckNodePort: 32080,
      vips: ['2001:db8:5::20'],
      ports: [tcp(80, { nodePort: 30080 })],
      loadBalancerSourceRanges: ['192.168.100.0/24', ' fd00:100::/123', 'fd00:100::9/128'],
    }),
    slice('web', all, { family: 'v6' }),
  ],
  steps: [
    reaches('client', vip, 'pod-a', { source: 'preserved', attempts: 20 }),
    reaches('node', vip, all, { source: 'masqueraded' }),
    fails('client-1', vip, 'timeout'),
    fails('pod-b', vip, 'timeout'),
    reaches('client-1', `[${NODE.v6}]:30080`, 'pod-a', { source: 'preserved', attempts: 20 }),
    tamper('ip addr add 2001:db8:5::20/128 dev lo nodad'),
    reaches('node', vip, all, { source: 'masqueraded' }),
    reaches('client', vip, 'pod-a', { source: 'preserved', attempts: 20 }),
  ],
});
