import { reaches, runProxy, scenario, service, slice, startProxy } from '../../builders.ts';

export default scenario({
  name: 'it does not start with a common scheduler that the kernel lacks, and leaves nothing behind',
  why: 'kube-proxy probes the scheduler with a virtual server of its own before it starts, and exits where that fails.',
  needs: ['ipvs'],
  start: false,
  config: { ipvs: { scheduler: 'nosuch' } },
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])],
  steps: [
    runProxy([], { exit: 1 }),
    startProxy({ config: { ipvs: { scheduler: 'rr' } } }),
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
  ],
});
