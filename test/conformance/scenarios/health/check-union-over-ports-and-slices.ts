import { apply, ep, healthCheck, NODE_NAME, scenario, service, slice, target, tcp, udp } from '../../builders.ts';
import type { DescribedEndpoint, EndpointOptions, EndpointPort } from '../../builders.ts';

const on = (address: string, more: EndpointOptions = {}) =>
  ep('some pod', { addresses: [address], nodeName: NODE_NAME, ...more });
const part = (n: number, endpoints: (string | DescribedEndpoint)[], ...ports: EndpointPort[]) =>
  slice('web', endpoints, { name: `web-${n}`, ports });
const is = (localEndpoints: number) =>
  healthCheck(32080, { status: localEndpoints ? 200 : 503, json: { localEndpoints } });

export default scenario({
  name: 'the health check counts the local addresses of all ports and slices together, each once',
  why: 'upstream: TestGetLocalEndpointIPs. Ready local addresses are counted over the whole Service, also those behind one of its ports only or under several port numbers; unready and remote ones are not.',
  objects: [
    service('web', {
      ip: '10.96.0.10',
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      healthCheckNodePort: 32080,
      vips: ['203.0.113.20'],
      ports: [
        tcp(80, { name: 'a', nodePort: 30080 }),
        tcp(81, { name: 'b', nodePort: 30081 }),
        udp(82, { name: 'c', nodePort: 30082 }),
      ],
    }),
    part(
      1,
      [on('10.244.1.21'), on('10.244.1.22'), 'remote-a'],
      target(8080, { name: 'a' }),
      target(8081, { name: 'b' }),
    ),
    part(2, [on('10.244.1.23'), on('10.244.1.21')], target(9090, { name: 'b' })),
    part(
      3,
      [on('10.244.1.24'), on('10.244.1.22'), on('10.244.1.25', { ready: false, serving: false })],
      target(5353, { name: 'c', protocol: 'UDP' }),
    ),
  ],
  steps: [
    is(4),
    apply(
      part(
        2,
        [on('10.244.1.23', { ready: false, serving: true, terminating: true }), 'remote-b'],
        target(9090, { name: 'b' }),
      ),
    ),
    is(3),
    apply(part(3, [], target(5353, { name: 'c', protocol: 'UDP' }))),
    is(2),
    apply(part(1, ['remote-a'], target(8080, { name: 'a' }))),
    is(0),
  ],
});
