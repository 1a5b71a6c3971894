import { reaches, scenario, service, slice } from '../../builders.ts';

export default scenario({
  name: 'a dual-stack Service works in both families',
  why: 'Each family of a dual-stack Service has its own ClusterIP and its own slices.',
  needs: ['ipv6'],
  objects: [
    service('web', { ip: ['10.96.0.10', 'fd00:10:96::10'] }),
    slice('web', ['pod-a', 'remote-a']),
    slice('web', ['pod-a', 'remote-b'], { family: 'v6' }),
  ],
  steps: [
    reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a']),
    reaches('pod-b', '[fd00:10:96::10]:80', ['pod-a', 'remote-b']),
  ],
});
