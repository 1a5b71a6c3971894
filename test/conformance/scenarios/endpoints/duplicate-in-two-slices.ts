import { reaches, scenario, service, slice } from '../../builders.ts';

export default scenario({
  name: 'an endpoint in two slices counts once',
  why: 'Endpoints that move between slices may be in both for a while; consumers must deduplicate them.',
  objects: [
    service('web', { ip: '10.96.0.10' }),
    slice('web', ['pod-a', 'remote-a'], { name: 'web-1' }),
    slice('web', ['pod-a'], { name: 'web-2' }),
    slice('web', ['pod-a'], { name: 'web-3' }),
  ],
  steps: [reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a'], { balanced: 0.25 })],
});
