import {
  apply,
  clientIP,
  CLIENTS,
  draining,
  reaches,
  restartProxy,
  scenario,
  service,
  slice,
  sticky,
} from '../../builders.ts';

const clients = CLIENTS.slice(0, 6);
const web = { to: '10.96.0.10:80', attempts: 4 };

export default scenario({
  name: 'ClientIP affinity lasts over a restart, and lets go of an endpoint that drains',
  why: 'expire_quiescent_template: without it a client stays with an endpoint of weight 0 for as long as its affinity lasts.',
  needs: ['ipvs'],
  objects: [service('web', { ip: '10.96.0.10', ...clientIP() }), slice('web', ['pod-a', 'remote-a'])],
  steps: [
    sticky({ from: clients, ...web, distinct: 2, as: 'before' }),
    restartProxy(),
    sticky({ from: clients, ...web, same: 'before' }),
    apply(slice('web', ['pod-a', draining('remote-a')])),
    reaches(clients, web.to, 'pod-a', { stable: true }),
    sticky({ from: clients, ...web, backends: ['pod-a'] }),
  ],
});
