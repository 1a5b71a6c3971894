import { api, awaitReady, reaches, scenario, service, sleep, slice, startProxy } from '../../builders.ts';

export default scenario({
  name: 'the proxy waits for an API server that is not up yet',
  why: 'After a power failure everything starts at once, in any order.',
  start: false,
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])],
  steps: [
    api.stop(),
    startProxy({ wait: false }),
    sleep(3),
    api.start(),
    awaitReady(),
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
  ],
});
