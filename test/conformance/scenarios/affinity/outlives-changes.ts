import { apply, clientIP, CLIENTS, scenario, service, settle, slice, sticky } from '../../builders.ts';

export default scenario({
  name: 'clients of the remaining backends stay where they are',
  why: 'Adding endpoints, or changing other Services, does not disturb existing affinity (source behaviour: it is kept for each endpoint by itself).',
  objects: [service('web', { ip: '10.96.0.10', ...clientIP() }), slice('web', ['pod-a', 'remote-a'])],
  steps: [
    sticky({ from: CLIENTS, to: '10.96.0.10:80', as: 'first', distinct: 2 }),
    apply(
      slice('web', ['pod-a', 'remote-a', 'remote-b']),
      service('other', { ip: '10.96.0.11' }),
      slice('other', ['pod-a']),
    ),
    settle(),
    sticky({ from: CLIENTS, to: '10.96.0.10:80', same: 'first', within: 0 }),
  ],
});
