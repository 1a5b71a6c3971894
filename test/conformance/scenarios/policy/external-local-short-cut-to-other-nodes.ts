import { fails, reaches, scenario, service, slice, tcp } from '../../builders.ts';

export default scenario({
  name: 'the short cut of pods and the node needs no local endpoint',
  why: 'Under externalTrafficPolicy Local, in-cluster traffic to an external address goes by the cluster-wide endpoints, even where outside traffic is dropped for want of local ones.',
  objects: [
    service('web', {
      ip: '10.96.0.10',
      type: 'LoadBalancer',
      vips: ['203.0.113.20'],
      externalTrafficPolicy: 'Local',
      ports: [tcp(80, { nodePort: 30080 })],
    }),
    slice('web', ['remote-a']),
  ],
  steps: [
    fails('client', '203.0.113.20:80', 'timeout'),
    reaches('pod-b', '203.0.113.20:80', 'remote-a'),
    reaches('node', '203.0.113.20:80', 'remote-a'),
    reaches('pod-b', '192.168.100.1:30080', 'remote-a'),
  ],
});
