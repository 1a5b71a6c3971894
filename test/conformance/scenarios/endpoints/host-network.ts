import { reaches, scenario, service, slice } from '../../builders.ts';

export default scenario({
  name: 'pods in the host network of the node are endpoints like any other',
  why: "An endpoint may have the node's own address.",
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['node-host'])],
  steps: [
    reaches('pod-b', '10.96.0.10:80', 'node-host'),
    reaches('node', '10.96.0.10:80', 'node-host'),
    reaches('client', '10.96.0.10:80', 'node-host'),
  ],
});
