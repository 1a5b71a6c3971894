import { apply, clientIP, CLIENTS, scenario, service, settle, slice, sticky } from '../../builders.ts';

export default scenario({
  name: 'clients of a lost backend move and stay with the new one',
  why: 'Affinity never sends a client to an endpoint that is no longer usable.',
  objects: [service('web', { ip: '10.96.0.10', ...clientIP() }), slice('web', ['pod-a', 'remote-a', 'remote-b'])],
  steps: [
    sticky({ from: CLIENTS, to: '10.96.0.10:80', distinct: 2 }),
    apply(slice('web', ['remote-a', 'remote-b'])),
    settle(),
    sticky({ from: CLIENTS, to: '10.96.0.10:80', backends: ['remote-a', 'remote-b'], as: 'moved' }),
    sticky({ from: CLIENTS, to: '10.96.0.10:80', same: 'moved' }),
  ],
});
