import { apply, forNodes, forZones, NODE_NAME, PEER_NAME, reaches, scenario, service, slice } from '../../builders.ts';

const to = '10.96.0.10:80';

export default scenario({
  name: 'a change of nothing but hints takes effect',
  why: 'upstream: TestEsDataChanged and TestCategorizeEndpoints. Hints are set, changed and taken away by updates of the slice that leave addresses, ports and conditions as they were.',
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a', 'remote-a'])],
  steps: [
    reaches('pod-b', to, ['pod-a', 'remote-a']),
    apply(slice('web', [forZones('pod-a', 'zone-a'), forZones('remote-a', 'zone-b')])),
    reaches('pod-b', to, 'pod-a', { attempts: 20, stable: true }),
    apply(slice('web', [forZones('pod-a', 'zone-b'), forZones('remote-a', 'zone-a')])),
    reaches('pod-b', to, 'remote-a', { attempts: 20, stable: true }),
    apply(slice('web', [forNodes('pod-a', [NODE_NAME], ['zone-b']), forNodes('remote-a', [PEER_NAME], ['zone-a'])])),
    reaches('pod-b', to, 'pod-a', { attempts: 20, stable: true }),
    apply(slice('web', ['pod-a', forNodes('remote-a', [PEER_NAME], ['zone-a'])])),
    reaches('pod-b', to, ['pod-a', 'remote-a']),
  ],
});
