import { fails, scenario, service, slice } from '../../builders.ts';

export default scenario({
  name: 'internalTrafficPolicy Local drops when only other nodes have endpoints',
  why: 'With internalTrafficPolicy Local and no endpoint on the node, traffic is dropped, as if the Service had no endpoints for this node.',
  objects: [service('web', { ip: '10.96.0.10', internalTrafficPolicy: 'Local' }), slice('web', ['remote-a'])],
  steps: [fails('pod-b', '10.96.0.10:80', 'timeout'), fails('node', '10.96.0.10:80', 'timeout')],
});
