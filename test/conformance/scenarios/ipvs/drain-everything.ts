import { apply, draining, longConnection, reaches, scenario, service, slice } from '../../builders.ts';

export default scenario({
  name: 'where all endpoints terminate they go on to get connections',
  why: 'KEP-1669. IPVS refuses everybody where all weights are 0.',
  needs: ['ipvs'],
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a', 'remote-a'])],
  steps: [
    longConnection('open', { from: 'pod-b', to: '10.96.0.10:80' }),
    apply(slice('web', ['pod-a', draining('remote-a')])),
    reaches('pod-b', '10.96.0.10:80', 'pod-a', { stable: true }),
    apply(slice('web', [draining('pod-a'), draining('remote-a')])),
    reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a']),
    longConnection('open', { within: 0 }),
  ],
});
