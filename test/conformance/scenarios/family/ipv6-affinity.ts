import { clientIP, CLIENTS, scenario, service, slice, sticky } from '../../builders.ts';

export default scenario({
  name: 'affinity works for IPv6 clients',
  why: 'sessionAffinity holds in both families.',
  needs: ['ipv6'],
  objects: [
    service('web', { ip: 'fd00:10:96::10', ...clientIP() }),
    slice('web', ['pod-a', 'remote-a', 'remote-b'], { family: 'v6' }),
  ],
  steps: [sticky({ from: CLIENTS, to: '[fd00:10:96::10]:80', distinct: 2 })],
});
