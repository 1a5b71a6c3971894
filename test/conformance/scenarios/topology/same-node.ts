import { forNodes, NODE_NAME, PEER_NAME, reaches, scenario, service, slice } from '../../builders.ts';

export default scenario({
  name: 'node hints keep traffic on the node',
  why: 'If all ready endpoints have node hints and some are for this node, only these are used (PreferSameNode; on by default since 1.34).',
  objects: [
    service('web', { ip: '10.96.0.10', trafficDistribution: 'PreferSameNode' }),
    slice('web', [
      forNodes('pod-a', [NODE_NAME], ['zone-a']),
      forNodes('remote-a', [PEER_NAME], ['zone-a']),
      forNodes('remote-b', [PEER_NAME], ['zone-b']),
    ]),
  ],
  steps: [reaches('pod-b', '10.96.0.10:80', 'pod-a', { attempts: 20 })],
});
