import { forZones, node, NODE_NAME, reaches, scenario, service, slice } from '../../builders.ts';

export default scenario({
  name: 'a node without a zone label ignores zone hints',
  why: 'Without topology.kubernetes.io/zone there is no zone to prefer.',
  objects: [
    node(NODE_NAME, { labels: { 'kubernetes.io/hostname': NODE_NAME } }),
    service('web', { ip: '10.96.0.10', trafficDistribution: 'PreferClose' }),
    slice('web', [forZones('pod-a', 'zone-a'), forZones('remote-a', 'zone-b')]),
  ],
  steps: [reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a'])],
});
