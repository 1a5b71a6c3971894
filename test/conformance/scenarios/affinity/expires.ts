import { clientIP, CLIENTS, scenario, service, sleep, slice, sticky } from '../../builders.ts';

export default scenario({
  name: 'affinity ends after its timeout',
  why: 'A client that was idle for longer than sessionAffinityConfig.clientIP.timeoutSeconds may be sent anywhere.',
  objects: [service('web', { ip: '10.96.0.10', ...clientIP(3) }), slice('web', ['pod-a', 'remote-a', 'remote-b'])],
  steps: [
    sticky({ from: CLIENTS, to: '10.96.0.10:80', as: 'first' }),
    sticky({ from: CLIENTS, to: '10.96.0.10:80', same: 'first' }),
    sleep(5),
    sticky({ from: CLIENTS, to: '10.96.0.10:80', changed: 'first' }),
  ],
});
