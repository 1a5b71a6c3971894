import { reaches, scenario, service, slice } from '../../builders.ts';

export default scenario({
  name: 'a load balancer without node ports works',
  why: 'With allocateLoadBalancerNodePorts false the VIP is forwarded although there is no node port.',
  objects: [
    service('web', {
      ip: '10.96.0.10',
      type: 'LoadBalancer',
      vips: ['203.0.113.20'],
      allocateLoadBalancerNodePorts: false,
    }),
    slice('web', ['pod-a', 'remote-a']),
  ],
  steps: [reaches('client', '203.0.113.20:80', ['pod-a', 'remote-a'])],
});
