import { forZones, reaches, scenario, service, slice } from '../../builders.ts';

export default scenario({
  name: 'hints are judged for each family by itself',
  why: 'upstream: TestCategorizeEndpoints, which runs once in each family. IPv6 slices without hints leave the hints of the IPv4 slices alone, and the other way round.',
  needs: ['ipv6'],
  objects: [
    service('web', { ip: ['10.96.0.10', 'fd00:10:96::10'] }),
    slice('web', [forZones('pod-a', 'zone-a'), forZones('remote-a', 'zone-b')]),
    slice('web', ['pod-a', 'remote-a'], { family: 'v6' }),
    service('api', { ip: ['10.96.0.11', 'fd00:10:96::11'] }),
    slice('api', ['pod-a', 'remote-a']),
    slice('api', [forZones('pod-a', 'zone-b'), forZones('remote-a', 'zone-a')], { family: 'v6' }),
  ],
  steps: [
    reaches('pod-b', '10.96.0.10:80', 'pod-a', { attempts: 20 }),
    reaches('pod-b', '[fd00:10:96::10]:80', ['pod-a', 'remote-a']),
    reaches('pod-b', '10.96.0.11:80', ['pod-a', 'remote-a']),
    reaches('pod-b', '[fd00:10:96::11]:80', 'remote-a', { attempts: 20 }),
  ],
});
