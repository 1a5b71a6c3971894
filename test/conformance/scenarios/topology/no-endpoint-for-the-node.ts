import { forNodes, PEER_NAME, reaches, scenario, service, slice } from '../../builders.ts';

export default scenario({
  name: 'without an endpoint for the node, zone hints decide',
  why: 'PreferSameNode falls back to the same zone, then to all endpoints.',
  objects: [
    service('web', { ip: '10.96.0.10', trafficDistribution: 'PreferSameNode' }),
    slice('web', [forNodes('remote-a', [PEER_NAME], ['zone-a']), forNodes('remote-b', [PEER_NAME], ['zone-b'])]),
  ],
  steps: [reaches('pod-b', '10.96.0.10:80', 'remote-a', { attempts: 20 })],
});
