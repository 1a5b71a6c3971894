import { NODE, reaches, scenario, service, slice, tcp } from '../../builders.ts';

const all = ['pod-a', 'remote-a'];
const families = ['v4', 'v6'] as const;

export default scenario({
  name: 'a clusterCIDR of one family leaves the other without local traffic detection',
  why: 'upstream: TestInternalExternalMasquerade (base and no LocalTrafficDetector, one in each family). IPv4 is masqueraded and short-cut as ever, IPv6 clients keep their address and IPv6 pods are bound by policy Local.',
  needs: ['ipv6'],
  config: { clusterCIDR: '10.244.0.0/16' },
  objects: [
    service('web', {
      ip: ['10.96.0.10', 'fd00:10:96::10'],
      type: 'NodePort',
      externalTrafficPolicy: 'Local',
      ports: [tcp(80, { nodePort: 30080 })],
    }),
    ...families.map(family => slice('web', all, { family })),
    service('one', { ip: ['10.96.0.11', 'fd00:10:96::11'] }),
    ...families.map(family => slice('one', ['pod-a'], { family })),
  ],
  steps: [
    reaches('client', '10.96.0.11:80', 'pod-a', { source: 'masqueraded' }),
    reaches('client', '[fd00:10:96::11]:80', 'pod-a', { source: 'preserved' }),
    reaches('pod-b', `${NODE.v4}:30080`, all, { source: 'preserved' }),
    reaches('pod-b', `[${NODE.v6}]:30080`, 'pod-a', { source: 'preserved', attempts: 20 }),
    reaches('node', `[${NODE.v6}]:30080`, all, { source: 'masqueraded' }),
    reaches('pod-a', '[fd00:10:96::11]:80', 'pod-a', { source: 'masqueraded' }),
  ],
});
