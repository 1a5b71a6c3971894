import { CLIENTS, longConnection, patch, scenario, service, slice, spread, sticky } from '../../builders.ts';

const web = service('web', { ip: '10.96.0.10' });
const scheduler = (name: string | null) => patch(web, { metadata: { annotations: { 'sluice/ipvs-scheduler': name } } });
const inTurns = spread('pod-b', '10.96.0.10:80', { shares: { 'pod-a': 5, 'remote-a': 5 }, inTurns: true });

export default scenario({
  name: 'a Service changes its scheduler and its affinity, and no connection is lost by that',
  why: 'A virtual server is edited, never deleted and made again, which would end its connections.',
  needs: ['ipvs'],
  objects: [web, slice('web', ['pod-a', 'remote-a'])],
  steps: [
    longConnection('open', { from: 'pod-b', to: '10.96.0.10:80' }),
    inTurns,
    scheduler('sh'),
    sticky({ from: CLIENTS, to: '10.96.0.10:80', attempts: 4, distinct: 2 }),
    longConnection('open', { within: 0 }),
    scheduler(null),
    inTurns,
    patch(web, {
      spec: { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 3600 } } },
    }),
    sticky({ from: CLIENTS.slice(0, 4), to: '10.96.0.10:80', attempts: 4, distinct: 2 }),
    longConnection('open', { within: 0 }),
    patch(web, { spec: { sessionAffinity: 'None', sessionAffinityConfig: null } }),
    spread('client-9', '10.96.0.10:80', { shares: { 'pod-a': 5, 'remote-a': 5 }, inTurns: true }),
    longConnection('open', { within: 0 }),
  ],
});
