import { reaches, scenario, service, slice } from '../../builders.ts';

export default scenario({
  name: 'detectLocalMode BridgeInterface goes by one interface',
  why: 'With BridgeInterface, traffic counts as local if it comes from the named interface and no other.',
  config: { clusterCIDR: null, detectLocalMode: 'BridgeInterface', detectLocal: { bridgeInterface: 'veth-pod-b' } },
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['remote-a'])],
  steps: [
    reaches('pod-b', '10.96.0.10:80', 'remote-a', { source: 'preserved' }),
    reaches('pod-a', '10.96.0.10:80', 'remote-a', { source: 'masqueraded' }),
    reaches('client', '10.96.0.10:80', 'remote-a', { source: 'masqueraded' }),
  ],
});
