import { apply, reaches, remove, scenario, service, slice } from '../../builders.ts';

const second = slice('web', ['remote-a'], { name: 'web-2' });

export default scenario({
  name: 'the endpoints of all slices count',
  why: "A Service's endpoints may be spread over any number of EndpointSlices, which come and go by themselves.",
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'], { name: 'web-1' }), second],
  steps: [
    reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a']),
    apply(slice('web', ['remote-b'], { name: 'web-3' })),
    reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a', 'remote-b']),
    remove(second),
    reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-b'], { stable: true }),
  ],
});
