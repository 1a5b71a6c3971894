import { apply, fails, longConnection, notReady, reaches, scenario, service, slice } from '../../builders.ts';

const ROUTE = { from: 'pod-b', to: '10.96.0.10:80' };

export default scenario({
  name: 'the only endpoint that stops being ready keeps its connections, and new ones are refused',
  why: 'As in the other modes. Without its virtual server IPVS would end them.',
  needs: ['ipvs'],
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['remote-a'])],
  steps: [
    longConnection('open', ROUTE),
    apply(slice('web', [notReady('remote-a')])),
    fails('pod-b', ROUTE.to, 'refused'),
    longConnection('open', { within: 0 }),
    apply(slice('web', ['remote-a'])),
    reaches('pod-b', ROUTE.to, 'remote-a', { stable: true }),
    longConnection('open', { within: 0 }),
    apply(slice('web', [])),
    fails('pod-b', ROUTE.to, 'refused'),
    longConnection('open', { expect: ['reset', 'closed'] }),
  ],
});
