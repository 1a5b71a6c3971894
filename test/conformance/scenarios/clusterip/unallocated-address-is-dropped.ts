import { fails, reaches, scenario, service, serviceCIDR, slice } from '../../builders.ts';

export default scenario({
  name: 'addresses of the Service range that no Service has are dropped',
  why: "nftables mode drops traffic to unallocated addresses within the cluster's ServiceCIDRs, so that it does not leave the node.",
  objects: [serviceCIDR(), service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])],
  steps: [
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
    fails('pod-b', '10.96.77.77:80', 'timeout'),
    fails('node', '10.96.77.77:80', 'timeout'),
  ],
});
