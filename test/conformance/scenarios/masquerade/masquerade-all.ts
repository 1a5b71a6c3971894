import { reaches, scenario, service, slice } from '../../builders.ts';

export default scenario({
  name: 'masqueradeAll masquerades traffic of pods, too',
  why: 'With nftables.masqueradeAll all traffic to ClusterIPs is masqueraded.',
  needs: ['nftables'],
  config: { nftables: { masqueradeAll: true } },
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a', 'remote-a'])],
  steps: [reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a'], { source: 'masqueraded' })],
});
