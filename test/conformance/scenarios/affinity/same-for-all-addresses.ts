import { clientIP, CLIENTS, scenario, service, slice, sticky } from '../../builders.ts';

export default scenario({
  name: 'a client finds the same backend by every address of the Service',
  why: 'Source behaviour: affinity is for a client and a Service port, without regard to the Service address that was used.',
  objects: [
    service('web', { ip: '10.96.0.10', externalIPs: ['203.0.113.10'], ...clientIP() }),
    slice('web', ['pod-a', 'remote-a', 'remote-b']),
  ],
  steps: [
    sticky({ from: CLIENTS, to: '10.96.0.10:80', as: 'cluster-ip', distinct: 2 }),
    sticky({ from: CLIENTS, to: '203.0.113.10:80', same: 'cluster-ip', within: 0 }),
  ],
});
