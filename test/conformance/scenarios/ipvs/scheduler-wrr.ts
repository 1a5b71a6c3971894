import { restartProxy, scenario, service, slice, spread, tamper } from '../../builders.ts';

export default scenario({
  name: 'wrr goes by weights, and a start puts weights right',
  why: 'The scheduler of the configuration is that of all Services; a weight that somebody changed is a difference like any other when the kernel is read (kubernetes 92019, 108319).',
  needs: ['ipvs'],
  config: { ipvs: { scheduler: 'wrr', syncPeriod: '1h' } },
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a', 'remote-a'])],
  steps: [
    spread('pod-b', '10.96.0.10:80', {
      shares: { 'pod-a': 6, 'remote-a': 6 },
      inTurns: true,
    }),
    tamper('ipvsadm -e -t 10.96.0.10:80 -r 10.244.1.10:8080 -m -w 3'),
    spread('pod-b', '10.96.0.10:80', { shares: { 'pod-a': 9, 'remote-a': 3 } }),
    tamper('ipvsadm -e -t 10.96.0.10:80 -r 10.244.1.10:8080 -m -w 0'),
    spread('pod-b', '10.96.0.10:80', { shares: { 'remote-a': 6 } }),
    restartProxy(),
    spread('pod-b', '10.96.0.10:80', {
      shares: { 'pod-a': 6, 'remote-a': 6 },
      inTurns: true,
    }),
  ],
});
