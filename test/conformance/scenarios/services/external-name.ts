import { apply, fails, NODE, reaches, scenario, service, slice, tcp } from '../../builders.ts';
import type { ServiceOptions } from '../../builders.ts';

const everywhere = (last: number): ServiceOptions => ({
  externalIPs: [`203.0.113.1${last}`],
  vips: [`203.0.113.2${last}`],
  ports: [tcp(80, { nodePort: 30080 + last })],
});
const named = service('named', {
  ip: '10.96.0.10',
  ...everywhere(0),
  type: 'ExternalName',
  externalName: 'web.example.com',
});
const nowhere = (last: number) => [
  fails('client', `203.0.113.1${last}:80`, 'unreachable'),
  fails('client', `203.0.113.2${last}:80`, 'unreachable'),
  fails('client', `${NODE.v4}:${30080 + last}`, 'refused'),
];

export default scenario({
  name: 'ExternalName and headless Services are at no address, even if they have some',
  why: 'Source behaviour (E-14): they are skipped as a whole, with ClusterIP, external IPs, VIPs and node ports. A Service may become and cease to be one.',
  objects: [
    named,
    slice('named', ['pod-a']),
    service('headless', { ...everywhere(1), ip: 'None', type: 'LoadBalancer' }),
    slice('headless', ['pod-a']),
    service('other', { ip: '10.96.0.12' }),
    slice('other', ['pod-a']),
  ],
  steps: [
    reaches('pod-b', '10.96.0.12:80', 'pod-a'),
    fails('pod-b', '10.96.0.10:80', 'unreachable'),
    ...nowhere(0),
    ...nowhere(1),
    apply(service('named', { ip: '10.96.0.10', ...everywhere(0), type: 'LoadBalancer' })),
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
    reaches('client', '203.0.113.20:80', 'pod-a'),
    apply(named),
    ...nowhere(0),
    fails('pod-b', '10.96.0.10:80', 'unreachable'),
  ],
});
