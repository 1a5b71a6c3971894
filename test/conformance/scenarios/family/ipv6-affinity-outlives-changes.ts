import {
  apply,
  clientIP,
  CLIENTS,
  NODE,
  notReady,
  restartProxy,
  scenario,
  service,
  settle,
  slice,
  sticky,
  target,
  tcp,
  udp,
} from '../../builders.ts';
import type { DescribedEndpoint } from '../../builders.ts';

const ports = [target(8080, { name: 'http' }), target(5353, { name: 'dns', protocol: 'UDP' })];
const web = (...endpoints: (string | DescribedEndpoint)[]) => slice('web', endpoints, { ports, family: 'v6' });
const addresses = ['[fd00:10:96::10]:80', '[2001:db8:5::10]:80', `[${NODE.v6}]:30080`];
const [tcpAt, udpAt] = [addresses[0] ?? '', `[${NODE.v6}]:30053`];
const [settled, others] = [CLIENTS.slice(0, 6), CLIENTS.slice(6)];
const kept = [
  sticky({ from: settled, to: tcpAt, same: 'tcp', within: 0 }),
  sticky({ from: settled, to: udpAt, proto: 'udp', same: 'udp', within: 0 }),
];

export default scenario({
  name: 'IPv6 clients stay where they are at every address, while endpoints come and go and over a restart',
  why: 'As for IPv4: affinity is kept for a client, a Service port and an endpoint. Where it goes by a hash of the source, nearly all clients move when the number of endpoints changes.',
  needs: ['ipv6'],
  objects: [
    service('web', {
      ip: 'fd00:10:96::10',
      type: 'NodePort',
      externalIPs: ['2001:db8:5::10'],
      ports: [tcp(80, { name: 'http', nodePort: 30080 }), udp(80, { name: 'dns', nodePort: 30053 })],
      ...clientIP(),
    }),
    web('remote-a', 'remote-b'),
  ],
  steps: [
    sticky({ from: settled, to: tcpAt, distinct: 2, as: 'tcp' }),
    sticky({ from: settled, to: udpAt, proto: 'udp', distinct: 2, as: 'udp' }),
    ...addresses.map(to => sticky({ from: settled, to, same: 'tcp', within: 0 })),
    apply(web('pod-a', 'node-host', 'remote-a', 'remote-b')),
    settle(),
    ...kept,
    sticky({ from: others, to: tcpAt, distinct: 3, as: 'others' }),
    apply(web(notReady('pod-a'), 'remote-a', 'remote-b')),
    settle(),
    ...kept,
    restartProxy(),
    ...kept,
    apply(web('pod-a', 'remote-b')),
    settle(),
    sticky({ from: CLIENTS, to: tcpAt, backends: ['pod-a', 'remote-b'], as: 'moved' }),
    sticky({ from: CLIENTS, to: tcpAt, same: 'moved', within: 0 }),
  ],
});
