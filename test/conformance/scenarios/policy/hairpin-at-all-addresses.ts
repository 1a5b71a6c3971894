import { NODE, reaches, scenario, service, slice, target, tcp, udp } from '../../builders.ts';
import type { ServiceOptions } from '../../builders.ts';

const ports = { ports: [target(8080, { name: 'http' }), target(5353, { name: 'dns', protocol: 'UDP' })] };
const web = (name: string, n: number, more?: ServiceOptions) =>
  service(name, {
    ip: `10.96.0.1${n}`,
    type: 'LoadBalancer',
    vips: [`203.0.113.2${n}`],
    externalIPs: [`203.0.113.3${n}`],
    ports: [tcp(80, { name: 'http', nodePort: 30080 + n }), udp(80, { name: 'dns', nodePort: 30080 + n })],
    ...more,
  });
const addresses = (n: number) => [
  `10.96.0.1${n}:80`,
  `203.0.113.2${n}:80`,
  `203.0.113.3${n}:80`,
  `${NODE.v4}:${30080 + n}`,
];

export default scenario({
  name: 'a pod reaches itself by every address of its Service, under either policy and over TCP and UDP',
  why: 'upstream: TestClusterIPGeneral (hairpin to cluster IP) and TestExternalTrafficPolicyLocal. Where a pod is sent to itself it is masqueraded, even where policy Local or the short cut keeps the source of others.',
  objects: [
    web('cluster', 1),
    slice('cluster', ['pod-a'], ports),
    web('local', 2, { internalTrafficPolicy: 'Local', externalTrafficPolicy: 'Local', healthCheckNodePort: 32082 }),
    slice('local', ['pod-a'], ports),
  ],
  steps: [1, 2]
    .flatMap(addresses)
    .flatMap(to => [
      reaches('pod-a', to, 'pod-a:8080', { source: 'masqueraded' }),
      reaches('pod-a', to, 'pod-a:5353', { source: 'masqueraded', proto: 'udp' }),
    ]),
});
