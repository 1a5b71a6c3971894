import { apply, longConnection, scenario, service, slice, spread } from '../../builders.ts';

const ROUTE = { from: 'client', to: '10.96.0.10:80' };

export default scenario({
  name: 'lc, asked for by an annotation, sends new connections to where the fewest are',
  why: 'A Service may choose its scheduler (kubernetes 75502, 58329); the others keep the one of the configuration. One open connection weighs more than 250 that have ended.',
  needs: ['ipvs'],
  objects: [
    service('web', { ip: '10.96.0.10', annotations: { 'sluice/ipvs-scheduler': 'lc' } }),
    slice('web', ['remote-a']),
    service('other', { ip: '10.96.0.11' }),
    slice('other', ['pod-a', 'remote-a']),
  ],
  steps: [
    longConnection('first', ROUTE),
    longConnection('second', ROUTE),
    longConnection('third', ROUTE),
    apply(slice('web', ['pod-a', 'remote-a'])),
    spread('client', ROUTE.to, { shares: { 'pod-a': 10 } }),
    longConnection('first', { within: 0 }),
    spread('client', '10.96.0.11:80', { shares: { 'pod-a': 5, 'remote-a': 5 }, inTurns: true }),
  ],
});
