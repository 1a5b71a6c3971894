import { reaches, scenario, service, slice } from '../../builders.ts';

export default scenario({
  name: 'an IPv6 ClusterIP forwards TCP',
  why: 'Single-stack IPv6 Services work like those of IPv4.',
  needs: ['ipv6'],
  objects: [service('web', { ip: 'fd00:10:96::10' }), slice('web', ['pod-a', 'remote-a'], { family: 'v6' })],
  steps: [
    reaches('pod-b', '[fd00:10:96::10]:80', ['pod-a', 'remote-a'], { source: 'preserved' }),
    reaches('node', '[fd00:10:96::10]:80', ['pod-a', 'remote-a']),
  ],
});
