import { fails, NODE, reaches, scenario, service, slice, tcp } from '../../builders.ts';

export default scenario({
  name: 'with both policies Local and endpoints elsewhere only, nothing but the short cut is left',
  why: 'upstream: TestCategorizeEndpoints (iTP: Local, eTP: Local, all endpoints remote). ClusterIP and outside traffic are dropped, yet pods and the node reach the remote endpoints by external addresses.',
  objects: [
    service('web', {
      ip: '10.96.0.10',
      type: 'NodePort',
      internalTrafficPolicy: 'Local',
      externalTrafficPolicy: 'Local',
      externalIPs: ['203.0.113.10'],
      ports: [tcp(80, { nodePort: 30080 })],
    }),
    slice('web', ['remote-a', 'remote-b']),
  ],
  steps: [
    reaches('pod-b', `${NODE.v4}:30080`, ['remote-a', 'remote-b'], { source: 'preserved' }),
    reaches('pod-b', '203.0.113.10:80', ['remote-a', 'remote-b'], { source: 'preserved' }),
    reaches('node', '203.0.113.10:80', ['remote-a', 'remote-b']),
    fails('pod-b', '10.96.0.10:80', 'timeout'),
    fails('node', '10.96.0.10:80', 'timeout'),
    fails('client', `${NODE.v4}:30080`, 'timeout'),
    fails('client', '203.0.113.10:80', 'timeout'),
  ],
});
