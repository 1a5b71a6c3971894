import { healthz, scenario } from '../../builders.ts';

export default scenario({
  name: '/healthz tells that the proxy is healthy',
  why: '/healthz answers 200 with lastUpdated, currentTime, healthy and nodeEligible as JSON.',
  steps: [
    healthz({
      status: 200,
      headers: { 'Content-Type': 'application/json', 'X-Content-Type-Options': 'nosniff' },
      json: { healthy: true, nodeEligible: true },
      bodyIncludes: ['lastUpdated', 'currentTime'],
    }),
  ],
});
