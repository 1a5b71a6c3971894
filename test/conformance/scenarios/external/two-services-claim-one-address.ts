import {
  apply,
  fails,
  reaches,
  remove,
  restartProxy,
  scenario,
  service,
  settle,
  slice,
  sleep,
  tcp,
} from '../../builders.ts';

// The older one is the last by name, so that neither the order of names nor that of events decides.
const older = service('zeta', { ip: '10.96.0.10', externalIPs: ['203.0.113.10'] });
const younger = service('alpha', {
  ip: '10.96.0.11',
  type: 'LoadBalancer',
  vips: ['203.0.113.10'],
  externalIPs: ['203.0.113.11', '10.96.0.10'],
  ports: [tcp(80, { nodePort: 30080 })],
});
const contested = (host: string) => [
  reaches('client', '203.0.113.10:80', host, { attempts: 20, stable: true }),
  reaches('pod-b', '203.0.113.10:80', host, { attempts: 20 }),
];

export default scenario({
  name: 'of two Services that claim one address and port the older has it, until it is gone',
  why: "kube-proxy lets the last one in random order win, and may change its mind with every sync. An address that somebody else's Service has as its ClusterIP must not be taken either (CVE-2020-8554).",
  objects: [older, slice('zeta', ['pod-a'])],
  steps: [
    ...contested('pod-a'),
    sleep(1.2),
    apply(younger, slice('alpha', ['remote-a'])),
    reaches('client', '203.0.113.11:80', 'remote-a'),
    ...contested('pod-a'),
    reaches('pod-b', '10.96.0.10:80', 'pod-a', { attempts: 20 }),
    restartProxy(),
    ...contested('pod-a'),
    apply(slice('alpha', ['remote-b'])),
    reaches('client', '203.0.113.11:80', 'remote-b'),
    ...contested('pod-a'),
    apply(slice('zeta', [])),
    fails('client', '203.0.113.10:80', 'refused'),
    remove(older),
    ...contested('remote-b'),
    apply(older, slice('zeta', ['pod-a'])),
    settle(),
    ...contested('remote-b'),
    apply(
      service('port', { ip: '10.96.0.12', externalIPs: ['203.0.113.10'], ports: [tcp(81)] }),
      slice('port', ['pod-a']),
    ),
    reaches('client', '203.0.113.10:81', 'pod-a'),
    ...contested('remote-b'),
  ],
});
