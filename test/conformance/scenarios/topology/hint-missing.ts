import { forZones, reaches, scenario, service, slice } from '../../builders.ts';

export default scenario({
  name: 'zone hints are ignored when one endpoint has none',
  why: 'An endpoint without hints shows that the hints are not settled; then all endpoints are used.',
  objects: [
    service('web', { ip: '10.96.0.10', trafficDistribution: 'PreferClose' }),
    slice('web', [forZones('pod-a', 'zone-a'), forZones('remote-a', 'zone-b'), 'remote-b']),
  ],
  steps: [reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a', 'remote-b'])],
});
