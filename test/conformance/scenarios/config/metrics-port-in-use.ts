import { http, NODE, reaches, runProxy, scenario, service, slice, startProxy, stopProxy } from '../../builders.ts';
import { occupy, release } from '../../operator.ts';

export default scenario({
  name: 'a taken /metrics port does not keep the proxy from its work, and is tried again',
  why: 'Source behaviour of serveMetrics: without bindAddressHardFail the failure is logged and the port tried again every few seconds; with it the proxy ends with status 1.',
  start: false,
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])],
  steps: [
    occupy(10249),
    startProxy(),
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
    release(10249),
    http({ from: 'client', url: `http://${NODE.v4}:10249/metrics`, expect: { status: 200 }, within: 20 }),
    stopProxy(),
    startProxy({ config: { bindAddressHardFail: true } }),
    stopProxy(),
    occupy(10249),
    runProxy([], { exit: 1 }),
    release(10249),
  ],
});
