import { clientIP, CLIENTS, patch, scenario, service, settle, sleep, slice, sticky } from '../../builders.ts';

const to = '10.96.0.10:80';
const web = service('web', { ip: '10.96.0.10', ...clientIP() });

export default scenario({
  name: 'a changed affinity timeout counts from the next connection on',
  why: 'Source behaviour: the timeout is that of sessionAffinityConfig.clientIP.timeoutSeconds, as it is now, also for clients that were known before it was changed.',
  objects: [web, slice('web', ['pod-a', 'remote-a', 'remote-b'])],
  steps: [
    sticky({ from: CLIENTS, to, as: 'first', distinct: 2 }),
    patch(web, { spec: clientIP(2) }),
    settle(),
    sticky({ from: CLIENTS, to, same: 'first', within: 0 }),
    sleep(4),
    sticky({ from: CLIENTS, to, changed: 'first', as: 'second' }),
    patch(web, { spec: clientIP(60) }),
    settle(),
    sticky({ from: CLIENTS, to, as: 'third' }),
    sleep(4),
    sticky({ from: CLIENTS, to, same: 'third', within: 0 }),
  ],
});
