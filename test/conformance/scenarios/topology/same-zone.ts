import { forZones, reaches, scenario, service, slice } from '../../builders.ts';

export default scenario({
  name: "zone hints keep traffic in the node's zone",
  why: "If all ready endpoints have zone hints and some are for this node's zone, only these are used (trafficDistribution PreferSameZone).",
  objects: [
    service('web', { ip: '10.96.0.10', trafficDistribution: 'PreferClose' }),
    slice('web', [
      forZones('pod-a', 'zone-a'),
      forZones('remote-a', 'zone-b'),
      forZones('remote-b', 'zone-a', 'zone-b'),
    ]),
  ],
  steps: [
    reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-b']),
    reaches('node', '10.96.0.10:80', ['pod-a', 'remote-b']),
  ],
});
