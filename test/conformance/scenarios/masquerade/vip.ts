import { reaches, scenario, service, slice, tcp } from '../../builders.ts';

export default scenario({
  name: 'traffic to VIPs and external IPs is masqueraded',
  why: 'All external addresses are treated alike: with policy Cluster even traffic of pods to them is masqueraded.',
  objects: [
    service('web', {
      ip: '10.96.0.10',
      type: 'LoadBalancer',
      vips: ['203.0.113.20'],
      externalIPs: ['203.0.113.30'],
      ports: [tcp(80, { nodePort: 30080 })],
    }),
    slice('web', ['pod-a', 'remote-a']),
  ],
  steps: [
    reaches('client', '203.0.113.20:80', ['pod-a', 'remote-a'], { source: 'masqueraded' }),
    reaches('client', '203.0.113.30:80', ['pod-a', 'remote-a'], { source: 'masqueraded' }),
    reaches('pod-b', '203.0.113.20:80', ['pod-a', 'remote-a'], { source: 'masqueraded' }),
  ],
});
