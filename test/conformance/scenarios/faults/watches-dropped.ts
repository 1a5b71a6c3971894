import { api, apply, reaches, scenario, service, sleep, slice } from '../../builders.ts';

export default scenario({
  name: 'broken watches are taken up again',
  why: 'A broken watch is resumed from the last resource version, so that no change is missed.',
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])],
  steps: [
    api.dropWatches(),
    apply(slice('web', ['remote-a'])),
    reaches('pod-b', '10.96.0.10:80', 'remote-a', { within: 20, stable: true }),
    sleep(1),
    api.dropWatches(),
    apply(service('new', { ip: '10.96.0.11' }), slice('new', ['pod-a'])),
    reaches('pod-b', '10.96.0.11:80', 'pod-a', { within: 20 }),
  ],
});
