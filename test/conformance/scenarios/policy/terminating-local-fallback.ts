import { draining, NODE, reaches, scenario, service, slice, tcp } from '../../builders.ts';

export default scenario({
  name: 'policy Local falls back to local terminating endpoints, although others are ready elsewhere',
  why: 'The fallback is decided for each policy by itself: external traffic of a Local Service uses a draining local pod, cluster-wide traffic the ready remote one.',
  objects: [
    service('web', {
      ip: '10.96.0.10',
      type: 'NodePort',
      externalTrafficPolicy: 'Local',
      ports: [tcp(80, { nodePort: 30080 })],
    }),
    slice('web', [draining('pod-a'), 'remote-a']),
  ],
  steps: [
    reaches('client', `${NODE.v4}:30080`, 'pod-a', { attempts: 20, source: 'preserved' }),
    reaches('pod-b', '10.96.0.10:80', 'remote-a', { attempts: 20 }),
  ],
});
