import { http, proxyEnds, reaches, scenario, service, slice, startProxy } from '../../builders.ts';
import { access, erase, file, settings, using, write } from '../../operator.ts';

const path = file('reload-restarts.yaml');
const works = reaches('pod-b', '10.96.0.10:80', 'pod-a', { within: 0, stable: true });

export default scenario({
  name: 'a change that cannot be taken in ends the proxy with status 1, and the rules serve on until it is started again',
  why: 'TestConfigChange: kube-proxy ends itself, so that it is started with the new file.',
  needs: ['nftables'],
  start: false,
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])],
  steps: [
    access(),
    write(path, settings()),
    startProxy({ args: using(path) }),
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
    write(path, settings({ metricsBindAddress: '127.0.0.1:10259' })),
    proxyEnds(1),
    works,
    startProxy({ args: using(path), wait: false }),
    http({ from: 'node', url: 'http://127.0.0.1:10259/healthz', expect: { status: 200 } }),
    works,
    erase(path),
  ],
});
