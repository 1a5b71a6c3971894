import {
  clientIP,
  CLIENTS,
  NODE,
  restartProxy,
  scenario,
  service,
  slice,
  sticky,
  target,
  tcp,
  udp,
} from '../../builders.ts';

const hosts = ['node-host', 'peer-host', 'pod-a'];
const at = (proto: 'tcp' | 'udp', port: number) => [
  sticky({ from: CLIENTS, to: `10.96.0.10:80`, proto, distinct: 2, as: proto }),
  sticky({ from: CLIENTS, to: `${NODE.v4}:${port}`, proto, same: proto, within: 0 }),
];

export default scenario({
  name: 'affinity holds where an endpoint is in the host network of this node',
  why: 'Traffic to such an endpoint ends on the node instead of being forwarded; its clients are remembered all the same, by cluster address and node port, over TCP and UDP.',
  objects: [
    service('web', {
      ip: '10.96.0.10',
      type: 'NodePort',
      ports: [tcp(80, { name: 'http', nodePort: 30080 }), udp(80, { name: 'dns', nodePort: 30053 })],
      ...clientIP(),
    }),
    slice('web', hosts, { ports: [target(8080, { name: 'http' }), target(5353, { name: 'dns', protocol: 'UDP' })] }),
  ],
  steps: [
    ...at('tcp', 30080),
    ...at('udp', 30053),
    restartProxy(),
    sticky({ from: CLIENTS, to: '10.96.0.10:80', same: 'tcp', within: 0 }),
    sticky({ from: CLIENTS, to: '10.96.0.10:80', proto: 'udp', same: 'udp', within: 0 }),
  ],
});
