import { apply, forZones, reaches, scenario, service, slice } from '../../builders.ts';

export default scenario({
  name: 'traffic leaves the zone when its last endpoint is no longer ready',
  why: 'Only ready endpoints count for hints; without one for the zone, all others are used.',
  objects: [
    service('web', { ip: '10.96.0.10', trafficDistribution: 'PreferClose' }),
    slice('web', [forZones('pod-a', 'zone-a'), forZones('remote-a', 'zone-b'), forZones('remote-b', 'zone-b')]),
  ],
  steps: [
    reaches('pod-b', '10.96.0.10:80', 'pod-a', { attempts: 20 }),
    apply(
      slice('web', [
        { ...forZones('pod-a', 'zone-a'), ready: false, serving: false },
        forZones('remote-a', 'zone-b'),
        forZones('remote-b', 'zone-b'),
      ]),
    ),
    reaches('pod-b', '10.96.0.10:80', ['remote-a', 'remote-b'], { stable: true }),
  ],
});
