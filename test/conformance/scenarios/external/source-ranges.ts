import { fails, reaches, scenario, service, slice, tcp } from '../../builders.ts';

export default scenario({
  name: 'loadBalancerSourceRanges let some clients in and drop the others',
  why: 'Traffic to the VIP from outside of spec.loadBalancerSourceRanges is dropped.',
  objects: [
    service('web', {
      ip: '10.96.0.10',
      type: 'LoadBalancer',
      vips: ['203.0.113.20'],
      ports: [tcp(80, { nodePort: 30080 })],
      loadBalancerSourceRanges: ['192.168.100.9/32', '198.51.100.0/24'],
    }),
    slice('web', ['pod-a', 'remote-a']),
  ],
  steps: [reaches('client', '203.0.113.20:80', ['pod-a', 'remote-a']), fails('client-1', '203.0.113.20:80', 'timeout')],
});
