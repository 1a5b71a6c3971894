import { clientIP, CLIENTS, NODE, scenario, service, sleep, slice, sticky, tcp } from '../../builders.ts';

const some = CLIENTS.slice(0, 8);
const again = (to: string) => [sleep(2), sticky({ from: some, to, attempts: 8, same: 'first', within: 0 })];

export default scenario({
  name: 'each new connection renews the affinity of its client, by whatever address',
  why: 'Source behaviour: the timeout counts from the last connection on, since the rule that finds the client updates its entry.',
  objects: [
    service('web', { ip: '10.96.0.10', type: 'NodePort', ports: [tcp(80, { nodePort: 30080 })], ...clientIP(4) }),
    slice('web', ['pod-a', 'remote-a', 'remote-b']),
  ],
  steps: [
    sticky({ from: some, to: '10.96.0.10:80', as: 'first', distinct: 2 }),
    ...again('10.96.0.10:80'),
    ...again(`${NODE.v4}:30080`),
    ...again('10.96.0.10:80'),
    ...again(`${NODE.v4}:30080`),
  ],
});
