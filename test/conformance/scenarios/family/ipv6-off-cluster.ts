import { reaches, scenario, service, slice } from '../../builders.ts';

export default scenario({
  name: 'off-cluster traffic to an IPv6 ClusterIP is masqueraded',
  why: 'clusterCIDR has a range for each family, which tells local traffic from off-cluster traffic.',
  needs: ['ipv6'],
  objects: [service('web', { ip: 'fd00:10:96::10' }), slice('web', ['pod-a', 'remote-a'], { family: 'v6' })],
  steps: [
    reaches('client', '[fd00:10:96::10]:80', ['pod-a', 'remote-a'], { source: 'masqueraded' }),
    reaches('pod-b', '[fd00:10:96::10]:80', ['pod-a', 'remote-a'], { source: 'preserved' }),
  ],
});
