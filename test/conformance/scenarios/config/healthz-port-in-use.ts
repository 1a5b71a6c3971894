import { healthz, reaches, runProxy, scenario, service, slice, startProxy, stopProxy } from '../../builders.ts';
import { occupy, release } from '../../operator.ts';

export default scenario({
  name: 'a taken /healthz port does not keep the proxy from its work, and is tried again',
  why: 'Source behaviour of serveHealthz (E-50): tried again every few seconds; with bindAddressHardFail the proxy ends with status 1.',
  start: false,
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])],
  steps: [
    occupy(10256),
    startProxy({ wait: false }),
    reaches('pod-b', '10.96.0.10:80', 'pod-a', { within: 20 }),
    release(10256),
    healthz({ status: 200 }, { within: 20 }),
    stopProxy(),
    startProxy({ config: { bindAddressHardFail: true } }),
    stopProxy(),
    occupy(10256),
    runProxy([], { exit: 1 }),
    release(10256),
  ],
});
