import { apply, clientIP, CLIENTS, draining, patch, scenario, service, settle, slice, sticky } from '../../builders.ts';

const to = '10.96.0.10:80';
const web = service('web', { ip: '10.96.0.10', ...clientIP() });
const [settled, others] = [CLIENTS.slice(0, 6), CLIENTS.slice(6)];
const changed = (...endpoints: Parameters<typeof slice>[1][number][]) => [
  apply(slice('web', endpoints)),
  settle(),
  sticky({ from: settled, to, same: 'kept', within: 0 }),
];

export default scenario({
  name: 'clients stay where they are while other endpoints of the Service come, drain and go',
  why: 'Source behaviour: affinity is kept for each endpoint by itself. Neither the place of an endpoint among the others nor a change of the Service that has nothing to do with affinity may move its clients.',
  objects: [web, slice('web', ['remote-a'])],
  steps: [
    sticky({ from: settled, to, backends: ['remote-a'], as: 'kept' }),
    ...changed('pod-a', 'pod-b', 'remote-a', 'remote-b'),
    sticky({ from: others, to, distinct: 2 }),
    ...changed('pod-b', 'remote-a', 'remote-b'),
    ...changed(draining('pod-b'), 'remote-a', 'remote-b'),
    ...changed('pod-a', 'remote-a'),
    patch(web, { spec: { externalIPs: ['203.0.113.10'], internalTrafficPolicy: null } }),
    ...changed('remote-a'),
    sticky({ from: CLIENTS, to, backends: ['remote-a'] }),
  ],
});
