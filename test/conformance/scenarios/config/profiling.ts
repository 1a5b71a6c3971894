import { http, NODE, restartProxy, scenario } from '../../builders.ts';
import type { HttpExpectation } from '../../builders.ts';

const get = (path: string, expect: HttpExpectation) =>
  http({ from: 'client', url: `http://${NODE.v4}:10249${path}`, expect });

export default scenario({
  name: 'profiles are to be had only with enableProfiling, and unknown paths never',
  why: 'Source behaviour of serveMetrics: /debug/pprof is not there by default; /metrics/slis and /configz are.',
  steps: [
    get('/debug/pprof/', { status: 404 }),
    get('/no-such-path', { status: 404 }),
    get('/metrics/slis', { status: 200 }),
    get('/configz', { status: 200, bodyIncludes: 'kubeproxy.config.k8s.io' }),
    http({ from: 'client', url: `http://${NODE.v4}:10256/no-such-path`, expect: { status: 404 } }),
    restartProxy('SIGTERM', { config: { enableProfiling: true } }),
    get('/debug/pprof/', { status: 200 }),
  ],
});
