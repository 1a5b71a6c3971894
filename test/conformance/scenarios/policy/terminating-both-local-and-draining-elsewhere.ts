import { draining, fails, NODE, reaches, scenario, service, slice, tcp } from '../../builders.ts';

export default scenario({
  name: 'endpoints that drain on other nodes still count as endpoints elsewhere',
  why: 'upstream: TestCategorizeEndpoints (iTP: Local, eTP: Local, all endpoints remote and terminating). Local traffic is dropped, not refused, and the short cut of pods leads to the draining endpoints.',
  objects: [
    service('web', {
      ip: '10.96.0.10',
      type: 'NodePort',
      internalTrafficPolicy: 'Local',
      externalTrafficPolicy: 'Local',
      ports: [tcp(80, { nodePort: 30080 })],
    }),
    slice('web', [draining('remote-a'), draining('remote-b')]),
  ],
  steps: [
    reaches('pod-b', `${NODE.v4}:30080`, ['remote-a', 'remote-b'], { source: 'preserved' }),
    reaches('node', `${NODE.v4}:30080`, ['remote-a', 'remote-b']),
    fails('client', `${NODE.v4}:30080`, 'timeout'),
    fails('pod-b', '10.96.0.10:80', 'timeout'),
  ],
});
