import { apply, CLIENTS, draining, reaches, scenario, service, slice, sticky } from '../../builders.ts';

const BACKENDS = ['pod-a', 'remote-a', 'remote-b'];

export default scenario({
  name: 'sh keeps each client at its endpoint, and refuses nobody whose endpoint drains',
  why: 'sh goes by the source. Without its flag sh-fallback it refuses the clients of an endpoint with weight 0, so that it is on unless told otherwise.',
  needs: ['ipvs'],
  config: { ipvs: { scheduler: 'sh' } },
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', BACKENDS)],
  steps: [
    sticky({ from: CLIENTS, to: '10.96.0.10:80', attempts: 4, distinct: 3, backends: BACKENDS }),
    apply(slice('web', ['pod-a', draining('remote-a'), draining('remote-b')])),
    reaches(CLIENTS, '10.96.0.10:80', 'pod-a', { stable: true }),
  ],
});
