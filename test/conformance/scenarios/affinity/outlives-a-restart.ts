import { clientIP, CLIENTS, restartProxy, scenario, service, slice, sticky } from '../../builders.ts';

export default scenario({
  name: 'affinity outlives a restart of the proxy',
  why: 'Source behaviour: affinity is kept by the kernel (nftables mode: in sets that a starting proxy leaves as they are).',
  objects: [service('web', { ip: '10.96.0.10', ...clientIP() }), slice('web', ['pod-a', 'remote-a', 'remote-b'])],
  steps: [
    sticky({ from: CLIENTS, to: '10.96.0.10:80', as: 'first', distinct: 2 }),
    restartProxy(),
    sticky({ from: CLIENTS, to: '10.96.0.10:80', same: 'first', within: 0 }),
  ],
});
