import { apply, forZones, reaches, remove, scenario, service, slice } from '../../builders.ts';

const unhinted = slice('web', ['remote-b'], { name: 'web-2' });

export default scenario({
  name: 'hints are judged over all slices of the Service together',
  why: 'upstream: TestCategorizeEndpoints (missing hints, no filtering applied). One slice without hints voids those of all the others, for as long as it is there.',
  objects: [
    service('web', { ip: '10.96.0.10' }),
    slice('web', [forZones('pod-a', 'zone-a'), forZones('remote-a', 'zone-b')], { name: 'web-1' }),
  ],
  steps: [
    reaches('pod-b', '10.96.0.10:80', 'pod-a', { attempts: 20 }),
    apply(unhinted),
    reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a', 'remote-b']),
    remove(unhinted),
    reaches('pod-b', '10.96.0.10:80', 'pod-a', { attempts: 20, stable: true }),
  ],
});
