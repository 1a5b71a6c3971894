import { apply, fails, reaches, scenario, service, slice } from '../../builders.ts';

export default scenario({
  name: 'a Service may become dual-stack and single-stack again',
  why: 'A secondary family may be added to and removed from an existing Service.',
  needs: ['ipv6'],
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a']), slice('web', ['pod-a'], { family: 'v6' })],
  steps: [
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
    apply(service('web', { ip: ['10.96.0.10', 'fd00:10:96::10'] })),
    reaches('pod-b', '[fd00:10:96::10]:80', 'pod-a'),
    apply(service('web', { ip: '10.96.0.10' })),
    fails('pod-b', '[fd00:10:96::10]:80', 'unreachable'),
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
  ],
});
