import { ep, forZones, node, NODE_NAME, reaches, scenario, service, slice } from '../../builders.ts';

export default scenario({
  name: 'an empty zone label is no zone, and an empty list of hints is no hint',
  why: 'upstream: TestCategorizeEndpoints (empty zone label) and endpoint construction. Neither may be taken for a zone or a hint that matches.',
  objects: [
    node(NODE_NAME, { labels: { 'kubernetes.io/hostname': NODE_NAME, 'topology.kubernetes.io/zone': '' } }),
    service('web', { ip: '10.96.0.10' }),
    slice('web', [forZones('pod-a', 'zone-a'), forZones('remote-a', 'zone-b')]),
    service('empty', { ip: '10.96.0.11' }),
    slice('empty', [
      ep('pod-a', { hints: { forZones: [], forNodes: [] } }),
      ep('remote-a', { hints: { forNodes: [{ name: NODE_NAME }] } }),
    ]),
  ],
  steps: [
    reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a']),
    reaches('pod-b', '10.96.0.11:80', ['pod-a', 'remote-a']),
  ],
});
