import { forZones, reaches, scenario, service, slice } from '../../builders.ts';

export default scenario({
  name: "zone hints are ignored when none is for the node's zone",
  why: 'Hints never leave a node without endpoints.',
  objects: [
    service('web', { ip: '10.96.0.10', trafficDistribution: 'PreferClose' }),
    slice('web', [forZones('remote-a', 'zone-b'), forZones('remote-b', 'zone-c')]),
  ],
  steps: [reaches('pod-b', '10.96.0.10:80', ['remote-a', 'remote-b'])],
});
