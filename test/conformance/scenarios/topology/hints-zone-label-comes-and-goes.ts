import {
  forNodes,
  forZones,
  node,
  NODE_NAME,
  patch,
  PEER_NAME,
  reaches,
  scenario,
  service,
  slice,
} from '../../builders.ts';

const zone = (value: string | null) =>
  patch(node(), { metadata: { labels: { 'topology.kubernetes.io/zone': value } } });
const web = '10.96.0.10:80';

export default scenario({
  name: "zone hints wait for the node's zone label, node hints do not",
  why: 'upstream: TestCategorizeEndpoints (empty node labels). The label may be set after the proxy has started, changed to a zone without endpoints and be taken away again.',
  objects: [
    node(NODE_NAME, { labels: { 'kubernetes.io/hostname': NODE_NAME } }),
    service('web', { ip: '10.96.0.10' }),
    slice('web', [forZones('pod-a', 'zone-a'), forZones('remote-a', 'zone-b')]),
    service('near', { ip: '10.96.0.11' }),
    slice('near', [forNodes('pod-a', [NODE_NAME]), forNodes('remote-a', [PEER_NAME])]),
  ],
  steps: [
    reaches('pod-b', web, ['pod-a', 'remote-a']),
    reaches('pod-b', '10.96.0.11:80', 'pod-a', { attempts: 20 }),
    zone('zone-b'),
    reaches('pod-b', web, 'remote-a', { attempts: 20, stable: true }),
    zone('zone-c'),
    reaches('pod-b', web, ['pod-a', 'remote-a']),
    zone('zone-a'),
    reaches('pod-b', web, 'pod-a', { attempts: 20, stable: true }),
    zone(null),
    reaches('pod-b', web, ['pod-a', 'remote-a']),
    reaches('pod-b', '10.96.0.11:80', 'pod-a', { attempts: 20 }),
  ],
});
