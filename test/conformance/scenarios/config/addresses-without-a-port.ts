import { http, NODE, restartProxy, scenario } from '../../builders.ts';

const get = (from: string, url: string) => http({ from, url, expect: { status: 200 } });

export default scenario({
  name: 'addresses may leave out the port',
  why: 'TestDefaultsKubeProxyConfiguration "metrics and healthz address with no port": the default ports are put in, for IPv6 with brackets.',
  needs: ['ipv6'],
  config: { healthzBindAddress: '0.0.0.0', metricsBindAddress: NODE.v4 },
  steps: [
    get('client', `http://${NODE.v4}:10256/healthz`),
    get('client', `http://${NODE.v4}:10249/metrics`),
    http({ from: 'node', url: 'http://127.0.0.1:10249/metrics', expect: { error: 'refused' } }),
    restartProxy('SIGTERM', { config: { healthzBindAddress: '::', metricsBindAddress: NODE.v6 } }),
    get('client', `http://[${NODE.v6}]:10256/healthz`),
    get('client', `http://[${NODE.v6}]:10249/metrics`),
    http({ from: 'client', url: `http://${NODE.v4}:10249/metrics`, expect: { error: 'refused' } }),
  ],
});
