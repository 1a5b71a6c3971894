import { livez, scenario } from '../../builders.ts';

export default scenario({
  name: '/livez tells that the proxy is alive',
  why: '/livez answers like /healthz, but without regard to the node.',
  steps: [
    livez({
      status: 200,
      headers: { 'Content-Type': 'application/json' },
      json: { healthy: true },
      bodyIncludes: ['lastUpdated', 'currentTime'],
    }),
  ],
});
