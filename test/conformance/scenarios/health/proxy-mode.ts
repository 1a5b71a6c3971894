import { http, NODE, scenario } from '../../builders.ts';

export default scenario({
  name: '/proxyMode tells the mode',
  why: 'The metrics server answers /proxyMode with the name of the mode and /healthz with "ok"; tools use them.',
  needs: ['nftables'],
  steps: [
    http({
      from: 'client',
      url: `http://${NODE.v4}:10249/proxyMode`,
      expect: { status: 200, bodyIncludes: 'nftables' },
    }),
    http({ from: 'client', url: `http://${NODE.v4}:10249/healthz`, expect: { status: 200, bodyIncludes: 'ok' } }),
  ],
});
