import {
  apply,
  clientIP,
  CLIENTS,
  reaches,
  scenario,
  service,
  slice,
  startProxy,
  sticky,
  stopProxy,
} from '../../builders.ts';

const all = ['pod-a', 'remote-a', 'remote-b'];

export default scenario({
  name: 'a starting proxy takes over Services whose affinity was turned on, off or lost a backend meanwhile',
  why: 'upstream: TestSyncProxyRulesStartup, with affinity. What the former proxy kept for clients is used where it still holds and dropped where it does not.',
  objects: [
    service('off', { ip: '10.96.0.10', ...clientIP() }),
    slice('off', all),
    service('on', { ip: '10.96.0.11' }),
    slice('on', all),
    service('kept', { ip: '10.96.0.12', ...clientIP() }),
    slice('kept', ['pod-a', 'remote-a']),
  ],
  steps: [
    sticky({ from: CLIENTS, to: '10.96.0.10:80', distinct: 2 }),
    reaches('client', '10.96.0.11:80', all),
    sticky({ from: CLIENTS, to: '10.96.0.12:80', distinct: 2 }),
    stopProxy(),
    apply(
      service('off', { ip: '10.96.0.10' }),
      service('on', { ip: '10.96.0.11', ...clientIP() }),
      slice('kept', ['remote-a', 'remote-b']),
    ),
    startProxy(),
    reaches('client', '10.96.0.10:80', all),
    sticky({ from: CLIENTS, to: '10.96.0.11:80', distinct: 2 }),
    sticky({ from: CLIENTS, to: '10.96.0.12:80', backends: ['remote-a', 'remote-b'], distinct: 2 }),
  ],
});
