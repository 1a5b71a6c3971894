import { apply, fails, metric, NODE, reaches, scenario, service, slice, tamper, tcp, udp } from '../../builders.ts';
import type { MetricStep } from '../../lib/step.ts';

const packets = (op: MetricStep['op'], value: number, labels: Record<string, string>) =>
  metric('sluice_service_unavailable_packets_total', op, value, {
    labels: { ip_family: 'IPv4', service_namespace: 'default', ...labels },
    within: 90,
  });
const empty = { service_name: 'empty', action: 'reject' };
const [http, dns] = [
  { ...empty, service_port: 'http', protocol: 'TCP' },
  { ...empty, service_port: 'dns', protocol: 'UDP' },
];

export default scenario({
  name: 'a counter for each service port counts the packets that are rejected or dropped for lack of endpoints',
  why: 'Whoever gets nothing from a Service should see in a metric that there was nothing to get: rejected where it has no endpoints, dropped where policy Local finds none on this node.',
  needs: ['nftables'],
  objects: [
    service('empty', {
      ip: '10.96.0.10',
      type: 'NodePort',
      ports: [tcp(80, { name: 'http', nodePort: 30080 }), udp(53, { name: 'dns', nodePort: 30053 })],
    }),
    service('elsewhere', {
      ip: '10.96.0.11',
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      vips: ['203.0.113.20'],
      ports: [tcp(80, { nodePort: 30081 })],
    }),
    slice('elsewhere', ['remote-a']),
  ],
  steps: [
    // Of UDP it is one packet each time.
    tamper(`bash -c 'for i in 1 2 3; do echo x >/dev/udp/10.96.0.10/53 || true; done'`),
    packets('==', 3, dns),
    fails('client', `${NODE.v4}:30080`, 'refused'),
    packets('>=', 1, http),
    packets('==', 3, dns),
    fails('client', '203.0.113.20:80', 'timeout'),
    packets('>=', 1, { service_name: 'elsewhere', service_port: '80', protocol: 'TCP', action: 'drop' }),
    // What was counted stays when there are endpoints.
    apply(slice('empty', ['pod-a'], { ports: [{ name: 'dns', port: 5353, protocol: 'UDP' }] })),
    reaches('client', '10.96.0.10:53', 'pod-a', { proto: 'udp' }),
    metric('sluice_service_connections_total', '>=', 1, {
      labels: { service_name: 'empty', service_port: 'dns' },
      within: 90,
    }),
    packets('==', 3, dns),
  ],
});
