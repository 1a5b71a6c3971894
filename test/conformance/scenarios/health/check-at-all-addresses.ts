import { http, NODE, restartProxy, scenario, service, slice, tcp } from '../../builders.ts';
import type { HttpExpectation } from '../../builders.ts';

const get = (host: string, port: number, expect: HttpExpectation) =>
  http({ from: 'client', url: `http://${host}:${port}/`, expect });
const v4 = [NODE.v4, '10.244.1.1'];
const v6 = [`[${NODE.v6}]`, '[fd00:10:244:1::1]'];
const all = [
  ...v4.map(host => get(host, 32080, { status: 200, json: { localEndpoints: 1 } })),
  ...v6.map(host => get(host, 32080, { status: 503, json: { localEndpoints: 0 } })),
  ...v4.map(host => get(host, 32081, { status: 200, json: { localEndpoints: 1 } })),
  ...v6.map(host => get(host, 32081, { error: 'refused' })),
];

export default scenario({
  name: 'with node ports everywhere the health check is at all addresses, each family with a server of its own',
  why: 'PR 137370: both families listen at the wildcard, each in its own family only. Before, the second one failed with "address already in use".',
  needs: ['ipv6'],
  config: { nodePortAddresses: ['0.0.0.0/0', '::/0'] },
  objects: [
    service('web', {
      ip: ['10.96.0.10', 'fd00:10:96::10'],
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      healthCheckNodePort: 32080,
      vips: ['203.0.113.20', '2001:db8:5::20'],
      ports: [tcp(80, { nodePort: 30080 })],
    }),
    slice('web', ['pod-a']),
    slice('web', ['remote-a'], { family: 'v6' }),
    service('four', {
      ip: '10.96.0.11',
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      healthCheckNodePort: 32081,
      vips: ['203.0.113.21'],
      ports: [tcp(80, { nodePort: 30081 })],
    }),
    slice('four', ['pod-a']),
  ],
  steps: [...all, restartProxy(), ...all],
});
