import {
  apply,
  fails,
  NODE,
  patch,
  port,
  reaches,
  scenario,
  service,
  settle,
  slice,
  target,
  tcp,
  udp,
} from '../../builders.ts';

const sctp = (number: number, nodePort: number) => port(number, { protocol: 'SCTP', name: 'sctp', nodePort });
const web = service('web', {
  ip: ['10.96.0.10', 'fd00:10:96::10'],
  type: 'NodePort',
  ports: [tcp(80, { name: 'tcp', nodePort: 30080 }), udp(80, { name: 'udp', nodePort: 30080 }), sctp(80, 30080)],
});
const ports = [
  target(8080, { name: 'tcp' }),
  target(8081, { name: 'udp', protocol: 'UDP' }),
  target(9090, { name: 'sctp', protocol: 'SCTP' }),
];
const both = (to: string) => [
  reaches('client', to, 'pod-a:8080'),
  reaches('client', to, 'pod-a:8081', { proto: 'udp' }),
];

export default scenario({
  name: 'SCTP ports are programmed beside TCP and UDP of the same number, and take nothing from them',
  why: 'Test_ClusterIPGeneral, protocols: the three are told apart, in both families and at node ports. (The packets sent here are TCP and UDP; a kernel without SCTP takes the rules all the same.)',
  needs: ['ipv6'],
  objects: [
    web,
    slice('web', ['pod-a'], { ports }),
    slice('web', ['pod-a'], { ports, family: 'v6' }),
    service('only', { ip: '10.96.0.11', type: 'NodePort', ports: [sctp(80, 30081)] }),
    slice('only', ['pod-a'], { ports }),
    service('none', { ip: '10.96.0.12', type: 'NodePort', ports: [sctp(80, 30999)] }),
  ],
  steps: [
    ...['10.96.0.10:80', '[fd00:10:96::10]:80', `${NODE.v4}:30080`].flatMap(both),
    fails('pod-b', '10.96.0.11:80', 'refused'),
    reaches('client', `${NODE.v4}:30999`, 'node-host'),
    patch(web, { spec: { ports: [sctp(80, 30080), udp(80, { name: 'udp', nodePort: 30080 })] } }),
    fails('client', '10.96.0.10:80', 'refused'),
    reaches('client', `${NODE.v4}:30080`, 'pod-a:8081', { proto: 'udp' }),
    patch(web, { spec: { ports: [tcp(80, { name: 'tcp', nodePort: 30080 }), udp(80, { name: 'udp' })] } }),
    apply(slice('only', []), slice('none', ['pod-a'], { ports })),
    settle(),
    both('10.96.0.10:80'),
  ].flat(),
});
