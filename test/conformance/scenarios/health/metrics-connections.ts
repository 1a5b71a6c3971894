import {
  apply,
  metric,
  NODE,
  reaches,
  restartProxy,
  scenario,
  service,
  settle,
  slice,
  tamper,
  target,
  tcp,
  udp,
} from '../../builders.ts';

/** The kernel is asked at a scrape, for the next one, and every few seconds at most. */
const connections = (value: number, service_port: string, protocol = 'TCP', ip_family = 'IPv4') =>
  metric('sluice_service_connections_total', '==', value, {
    labels: { ip_family, service_namespace: 'default', service_name: 'web', service_port, protocol },
    within: 90,
  });
/** So many connections from the node itself, each of one packet at least. */
const connect = (count: number, proto: 'tcp' | 'udp', address: string, port: number) =>
  tamper(`bash -c 'for i in $(seq ${count}); do echo x >/dev/${proto}/${address}/${port}; done'`);

const ports = [
  target(8080, { name: 'http' }),
  target(8081, { name: 'status' }),
  target(5353, { name: 'dns', protocol: 'UDP' }),
];

export default scenario({
  name: 'a counter for each service port counts the connections to it, whatever the address they are made to',
  why: 'The counters are those of elements in the kernel. Elements are written anew when the number of endpoints changes, when they are repaired, and by a new process not at all: none of that may count a connection twice, or have the counter go backwards while the process lives.',
  needs: ['nftables', 'ipv6'],
  config: { sluice: { verifyPeriod: '1s' } },
  objects: [
    service('web', {
      ip: ['10.96.0.10', 'fd00:10:96::10'],
      type: 'NodePort',
      externalIPs: ['203.0.113.20'],
      ports: [
        tcp(80, { name: 'http', targetPort: 8080, nodePort: 30080 }),
        tcp(81, { name: 'status', targetPort: 8081, nodePort: 30081 }),
        udp(53, { name: 'dns', targetPort: 5353, nodePort: 30053 }),
      ],
    }),
    slice('web', ['pod-a'], { ports }),
    slice('web', ['pod-a'], { ports, family: 'v6' }),
  ],
  steps: [
    connect(5, 'tcp', '10.96.0.10', 80),
    connect(2, 'tcp', NODE.v4, 30080),
    connect(1, 'tcp', '203.0.113.20', 80),
    connect(3, 'udp', '10.96.0.10', 53),
    connect(4, 'tcp', 'fd00:10:96::10', 80),
    connections(8, 'http'),
    connections(3, 'dns', 'UDP'),
    connections(4, 'http', 'TCP', 'IPv6'),
    // One endpoint more: the elements of the port are written anew, and their counters begin at 0.
    apply(slice('web', ['pod-a', 'remote-a'], { ports })),
    settle(),
    connect(9, 'tcp', '10.96.0.10', 80),
    connections(17, 'http'),
    connections(3, 'dns', 'UDP'),
    tamper('nft delete element ip kube-proxy services { 10.96.0.10 . tcp . 80 }'),
    reaches('client', '10.96.0.10:80', ['pod-a:8080', 'remote-a:8080'], { exactly: false, attempts: 1 }),
    metric('sluice_drift_repaired_total', '>=', 1),
    metric('sluice_service_connections_total', '>=', 18, {
      labels: { ip_family: 'IPv4', service_port: 'http' },
      within: 90,
    }),
    metric('sluice_service_connections_total', '<', 30, { labels: { ip_family: 'IPv4', service_port: 'http' } }),
    // A new process begins at 0, whatever the elements have counted before it.
    restartProxy('SIGTERM'),
    connect(2, 'tcp', '10.96.0.10', 80),
    connect(1, 'udp', '10.96.0.10', 53),
    connections(2, 'http'),
    connections(1, 'dns', 'UDP'),
    metric('sluice_service_counters_read_timestamp_seconds', '>', 1_600_000_000),
    metric('sluice_service_counters_read_failures_total', '==', 0),
  ],
});
