import {
  apply,
  draining,
  forNodes,
  forZones,
  NODE_NAME,
  notReady,
  PEER_NAME,
  reaches,
  scenario,
  service,
  slice,
} from '../../builders.ts';
import type { DescribedEndpoint } from '../../builders.ts';

const to = '10.96.0.10:80';
const hinted = (endpoint: DescribedEndpoint, zone: string): DescribedEndpoint => ({
  ...endpoint,
  ...forZones(endpoint.host ?? '', zone),
});
const web = (...endpoints: DescribedEndpoint[]) => apply(slice('web', endpoints));
const only = (...hosts: string[]) => reaches('pod-b', to, hosts, { attempts: 30, stable: true });

export default scenario({
  name: 'hints are asked of ready endpoints only, and void where none is ready',
  why: 'TestCategorizeEndpoints (E-35): unready endpoints without hints disable nothing, draining ones with hints enable nothing, and the fallback to draining endpoints heeds no hints.',
  objects: [
    service('web', { ip: '10.96.0.10' }),
    slice('web', [forZones('pod-a', 'zone-a'), forZones('remote-a', 'zone-b'), notReady('remote-b')]),
  ],
  steps: [
    only('pod-a'),
    web(hinted(draining('pod-a'), 'zone-a'), forZones('remote-a', 'zone-b'), forZones('remote-b', 'zone-b')),
    only('remote-a', 'remote-b'),
    web(hinted(draining('pod-a'), 'zone-a'), hinted(draining('remote-a'), 'zone-b')),
    only('pod-a', 'remote-a'),
    web(forNodes('pod-a', [NODE_NAME], ['zone-b']), forZones('remote-a', 'zone-a'), forZones('remote-b', 'zone-b')),
    only('remote-a'),
    web(forNodes('pod-a', [PEER_NAME, NODE_NAME]), forNodes('remote-a', [PEER_NAME])),
    only('pod-a'),
  ],
});
