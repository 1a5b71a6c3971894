import { apply, draining, fails, notReady, reaches, remove, scenario, service, slice } from '../../builders.ts';

const to = '10.96.0.10:80';

export default scenario({
  name: 'internalTrafficPolicy Local tells "none here" from "none at all", as endpoints come and go',
  why: 'upstream: TestInternalTrafficPolicy. All local endpoints are used and no others; with endpoints elsewhere only, draining ones included, traffic is dropped; with none that is usable, or no slice, it is rejected.',
  objects: [
    service('web', { ip: '10.96.0.10', internalTrafficPolicy: 'Local' }),
    slice('web', ['pod-a', 'node-host', 'remote-a']),
  ],
  steps: [
    reaches('pod-b', to, ['pod-a', 'node-host']),
    apply(slice('web', [notReady('pod-a'), 'remote-a'])),
    fails('pod-b', to, 'timeout'),
    apply(slice('web', [draining('remote-a')])),
    fails('client', to, 'timeout'),
    apply(slice('web', [notReady('pod-a'), notReady('remote-a')])),
    fails('pod-b', to, 'refused'),
    apply(slice('web', ['pod-a', 'remote-a'])),
    reaches('pod-b', to, 'pod-a', { attempts: 20 }),
    remove(slice('web', [])),
    fails('pod-b', to, 'refused'),
    apply(slice('web', ['remote-a'])),
    fails('pod-b', to, 'timeout'),
  ],
});
