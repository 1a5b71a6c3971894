import { reaches, scenario, service, slice } from '../../builders.ts';

export default scenario({
  name: 'off-cluster hosts reach ClusterIPs through the node',
  why: 'A static route for the Service range to any node makes that node bridge into the Service (source comment in the proxiers).',
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a', 'remote-a'])],
  steps: [reaches('client', '10.96.0.10:80', ['pod-a', 'remote-a'])],
});
