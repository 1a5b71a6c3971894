import { http, NODE, reaches, scenario, service, slice, startProxy } from '../../builders.ts';

export default scenario({
  name: '/healthz and /metrics listen at the configured addresses only',
  why: 'TestLoadConfig "non-zeros IPv4 config": an operator may keep both servers to the loopback address, or move them to other ports.',
  config: { healthzBindAddress: '127.0.0.1:12345', metricsBindAddress: '127.0.0.1:23456' },
  start: false,
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])],
  steps: [
    startProxy({ wait: false }),
    reaches('pod-b', '10.96.0.10:80', 'pod-a', { within: 20 }),
    http({ from: 'node', url: 'http://127.0.0.1:12345/healthz', expect: { status: 200, json: { healthy: true } } }),
    http({ from: 'node', url: 'http://127.0.0.1:23456/metrics', expect: { status: 200 } }),
    ...[
      `${NODE.v4}:12345/healthz`,
      `${NODE.v4}:10256/healthz`,
      `${NODE.v4}:23456/metrics`,
      `${NODE.v4}:10249/metrics`,
    ].map(url => http({ from: 'client', url: `http://${url}`, expect: { error: 'refused' } })),
  ],
});
