import { reaches, scenario, service, slice } from '../../builders.ts';

export default scenario({
  name: 'detectLocalMode InterfaceNamePrefix goes by the interface',
  why: 'With InterfaceNamePrefix, traffic counts as local if it comes from an interface whose name begins so.',
  config: { clusterCIDR: null, detectLocalMode: 'InterfaceNamePrefix', detectLocal: { interfaceNamePrefix: 'veth-' } },
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a', 'remote-a'])],
  steps: [
    reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a'], { source: 'preserved' }),
    reaches('client', '10.96.0.10:80', ['pod-a', 'remote-a'], { source: 'masqueraded' }),
  ],
});
