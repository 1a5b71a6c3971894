import {
  apply,
  clientIP,
  CLIENTS,
  draining,
  notReady,
  scenario,
  service,
  settle,
  slice,
  sticky,
} from '../../builders.ts';

const to = '10.96.0.10:80';

export default scenario({
  name: 'clients of a backend that is no longer ready move, and do not come back when it is',
  why: 'Source behaviour: affinity is kept for endpoints that are in use. One that is not ready, or drains, lets its clients go as one that is gone does.',
  objects: [service('web', { ip: '10.96.0.10', ...clientIP() }), slice('web', ['pod-a', 'remote-a'])],
  steps: [
    sticky({ from: CLIENTS, to, distinct: 2 }),
    apply(slice('web', [notReady('pod-a'), 'remote-a'])),
    settle(),
    sticky({ from: CLIENTS, to, backends: ['remote-a'], as: 'moved' }),
    apply(slice('web', ['pod-a', 'remote-a'])),
    settle(),
    sticky({ from: CLIENTS, to, same: 'moved' }),
    apply(slice('web', ['pod-a', draining('remote-a')])),
    settle(),
    sticky({ from: CLIENTS, to, backends: ['pod-a'], as: 'moved again' }),
    apply(slice('web', ['pod-a', 'remote-a'])),
    settle(),
    sticky({ from: CLIENTS, to, same: 'moved again' }),
  ],
});
