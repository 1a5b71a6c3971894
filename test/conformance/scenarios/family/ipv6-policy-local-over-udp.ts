import { apply, draining, fails, NODE, reaches, scenario, service, slice, target, udp } from '../../builders.ts';
import type { DescribedEndpoint } from '../../builders.ts';

const ports = [target(5353, { protocol: 'UDP' })];
const dns = (...endpoints: (string | DescribedEndpoint)[]) => slice('dns', endpoints, { ports, family: 'v6' });
const [vip, external, nodePort] = ['[2001:db8:5::20]:53', '[2001:db8:5::30]:53', `[${NODE.v6}]:30053`];
const addresses = [vip, external, nodePort];
const proto = 'udp';

export default scenario({
  name: 'IPv6 and UDP: policy Local with its short cuts, drops, fallback and rejection, at every address',
  why: 'upstream: TestExternalTrafficPolicyLocal, in the other family and over UDP: the rules are the same in both, and for each protocol.',
  needs: ['ipv6'],
  objects: [
    service('dns', {
      ip: 'fd00:10:96::10',
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      healthCheckNodePort: 32080,
      vips: ['2001:db8:5::20'],
      externalIPs: ['2001:db8:5::30'],
      ports: [udp(53, { nodePort: 30053 })],
    }),
    dns('pod-a', 'remote-a'),
  ],
  steps: [
    ...addresses.flatMap(to => [
      reaches('client', to, 'pod-a', { proto, source: 'preserved', attempts: 12 }),
      reaches('pod-b', to, ['pod-a', 'remote-a'], { proto, source: 'preserved' }),
      reaches('node', to, ['pod-a', 'remote-a'], { proto, source: 'masqueraded' }),
    ]),
    apply(dns('remote-a')),
    ...addresses.flatMap(to => [
      reaches('pod-b', to, 'remote-a', { proto, source: 'preserved' }),
      reaches('node', to, 'remote-a', { proto, source: 'masqueraded' }),
      fails('client', to, 'timeout', { proto, attempts: 2 }),
    ]),
    apply(dns(draining('pod-a'), 'remote-a')),
    ...addresses.map(to => reaches('client', to, 'pod-a', { proto, source: 'preserved' })),
    reaches('pod-b', vip, 'remote-a', { proto }),
    apply(dns()),
    ...addresses.flatMap(to => [
      fails('client', to, 'refused', { proto }),
      fails('pod-b', to, 'refused', { proto }),
      fails('node', to, 'refused', { proto }),
    ]),
  ],
});
