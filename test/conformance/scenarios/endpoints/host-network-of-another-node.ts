import { reaches, scenario, service, slice } from '../../builders.ts';

export default scenario({
  name: 'pods in the host network of another node are reachable',
  why: 'This is how the kubernetes Service reaches API servers.',
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['peer-host'])],
  steps: [reaches('pod-b', '10.96.0.10:80', 'peer-host'), reaches('node', '10.96.0.10:80', 'peer-host')],
});
