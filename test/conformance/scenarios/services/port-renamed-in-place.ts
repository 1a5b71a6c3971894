import { fails, NODE, patch, reaches, scenario, service, slice, target, tcp } from '../../builders.ts';

const web = service('web', {
  ip: '10.96.0.10',
  type: 'LoadBalancer',
  vips: ['203.0.113.20'],
  ports: [tcp(80, { name: 'http', nodePort: 30080 }), tcp(81, { name: 'admin', nodePort: 30081 })],
});
const named = (first: string, second: string) =>
  patch(web, {
    spec: { ports: [tcp(80, { name: first, nodePort: 30080 }), tcp(81, { name: second, nodePort: 30081 })] },
  });
const addresses: [string, string][] = [
  ['10.96.0.10:80', '10.96.0.10:81'],
  ['203.0.113.20:80', '203.0.113.20:81'],
  [`${NODE.v4}:30080`, `${NODE.v4}:30081`],
];
const lead = (first: number, second?: number) =>
  addresses.flatMap(([a, b]) => [
    reaches('client', a, `pod-a:${first}`, { stable: true }),
    second ? reaches('client', b, `pod-a:${second}`, { stable: true }) : fails('client', b, 'refused'),
  ]);

export default scenario({
  name: 'ports that keep their numbers and change their names get the endpoints of the new names',
  why: 'upstream: TestBuildServiceMapServiceUpdate and TestUpdateEndpointsMap (rename a port). One port of the Service goes and another comes at the very same address, VIP and node port, in one sync; two may even swap their names.',
  objects: [
    web,
    slice('web', ['pod-a'], {
      ports: [target(8080, { name: 'http' }), target(8081, { name: 'admin' }), target(8443, { name: 'https' })],
    }),
  ],
  steps: [
    ...lead(8080, 8081),
    named('admin', 'http'),
    ...lead(8081, 8080),
    named('https', 'none'),
    ...lead(8443),
    named('none', 'https'),
    ...addresses.flatMap(([a, b]) => [
      fails('client', a, 'refused'),
      reaches('client', b, 'pod-a:8443', { stable: true }),
    ]),
    named('http', 'admin'),
    ...lead(8080, 8081),
  ],
});
