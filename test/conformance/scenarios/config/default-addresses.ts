import { http, NODE, restartProxy, scenario } from '../../builders.ts';

const status = (from: string, url: string) => http({ from, url, expect: { status: 200 } });
const refused = (from: string, url: string) => http({ from, url, expect: { error: 'refused' } });

export default scenario({
  name: 'by default all may ask /healthz, but only the node itself /metrics',
  why: 'TestLoadConfig, TestDefaultsKubeProxyConfiguration: healthz is at 0.0.0.0:10256 and metrics at 127.0.0.1:10249; both are of IPv6 if bindAddress is. Empty means default.',
  needs: ['ipv6'],
  config: { healthzBindAddress: null, metricsBindAddress: null },
  steps: [
    status('client', `http://${NODE.v4}:10256/healthz`),
    status('node', 'http://127.0.0.1:10249/metrics'),
    refused('client', `http://${NODE.v4}:10249/metrics`),
    restartProxy('SIGTERM', { config: { healthzBindAddress: '', metricsBindAddress: '' } }),
    status('client', `http://${NODE.v4}:10256/healthz`),
    status('node', 'http://127.0.0.1:10249/metrics'),
    restartProxy('SIGTERM', { config: { bindAddress: '::', healthzBindAddress: null, metricsBindAddress: null } }),
    status('client', `http://[${NODE.v6}]:10256/healthz`),
    status('client', `http://${NODE.v4}:10256/healthz`),
    status('node', 'http://[::1]:10249/metrics'),
    refused('node', 'http://127.0.0.1:10249/metrics'),
    refused('client', `http://[${NODE.v6}]:10249/metrics`),
  ],
});
