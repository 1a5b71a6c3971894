import { apply, draining, longConnection, reaches, scenario, service, slice, stopped } from '../../builders.ts';

const ROUTE = { from: 'pod-b', to: '10.96.0.10:80' };

export default scenario({
  name: 'an endpoint that terminates keeps its TCP connections, and gets no new ones',
  why: 'Weight 0. When it has gone from the slice its connections end at once, so that clients find out (kubernetes 84322, 81775, 71514).',
  needs: ['ipvs'],
  objects: [service('web', { ip: ROUTE.to.split(':')[0] }), slice('web', ['remote-a'])],
  steps: [
    longConnection('open', ROUTE),
    apply(slice('web', ['pod-a', draining('remote-a')])),
    reaches('pod-b', ROUTE.to, 'pod-a', { stable: true }),
    longConnection('open', { within: 0 }),
    apply(slice('web', ['pod-a', stopped('remote-a')])),
    reaches('pod-b', ROUTE.to, 'pod-a', { stable: true }),
    longConnection('open', { within: 0 }),
    apply(slice('web', ['pod-a'])),
    longConnection('open', { expect: ['reset', 'closed'] }),
    reaches('pod-b', ROUTE.to, 'pod-a'),
  ],
});
