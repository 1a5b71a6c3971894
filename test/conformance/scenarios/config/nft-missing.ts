import { fails, reaches, runProxy, scenario, service, slice, startProxy, stopProxy } from '../../builders.ts';
import { access, erase, file, settings, using, write } from '../../operator.ts';

const path = file('nft-missing.yaml');

export default scenario({
  name: 'without nft the proxy ends with status 1, and finds nothing to clean up',
  why: 'Source behaviour: a node that cannot be programmed is told of at the start; --cleanup takes a missing nft for "nothing of ours is here" and ends with status 0.',
  needs: ['nftables'],
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])],
  steps: [
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
    stopProxy(),
    access(),
    write(path, settings({ sluice: { nftPath: '/does/not/exist' } })),
    runProxy(using(path), { exit: 1 }),
    runProxy(using(path, '--cleanup')),
    reaches('pod-b', '10.96.0.10:80', 'pod-a', { within: 0 }),
    fails('pod-b', '10.96.0.11:80', 'unreachable', { within: 0 }),
    startProxy(),
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
    erase(path),
  ],
});
