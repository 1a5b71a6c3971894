import { apply, draining, longConnection, notReady, reaches, scenario, service, slice } from '../../builders.ts';

const ROUTE = { from: 'pod-b', to: '10.96.0.10:80' };

export default scenario({
  name: 'an endpoint that comes back while it drains has lost no connection',
  why: 'kube-proxy deletes such an endpoint and adds it again, which since Linux 5.9 ends the very connections that it had kept.',
  needs: ['ipvs'],
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['remote-a'])],
  steps: [
    longConnection('open', ROUTE),
    apply(slice('web', ['pod-a', notReady('remote-a')])),
    reaches('pod-b', ROUTE.to, 'pod-a', { stable: true }),
    longConnection('open', { within: 0 }),
    apply(slice('web', ['pod-a', 'remote-a'])),
    reaches('pod-b', ROUTE.to, ['pod-a', 'remote-a']),
    longConnection('open', { within: 0 }),
    apply(slice('web', ['pod-a', draining('remote-a')])),
    reaches('pod-b', ROUTE.to, 'pod-a', { stable: true }),
    apply(slice('web', ['remote-a'])),
    reaches('pod-b', ROUTE.to, 'remote-a', { stable: true }),
    longConnection('open', { within: 0 }),
  ],
});
