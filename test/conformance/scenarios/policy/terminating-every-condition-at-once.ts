import { draining, NODE, notReady, reaches, scenario, service, slice, tcp } from '../../builders.ts';

export default scenario({
  name: 'ready elsewhere, draining here: each policy finds its own',
  why: 'upstream: TestCategorizeEndpoints (iTP: Cluster, eTP: Local, with terminating endpoints). Outsiders get the local draining endpoint, ClusterIP and short cut the ready remote one; neither takes the unready local nor the draining remote one.',
  objects: [
    service('web', {
      ip: '10.96.0.10',
      type: 'NodePort',
      externalTrafficPolicy: 'Local',
      ports: [tcp(80, { nodePort: 30080 })],
    }),
    slice('web', ['remote-a', notReady('node-host'), draining('pod-a'), draining('remote-b')]),
  ],
  steps: [
    reaches('client', `${NODE.v4}:30080`, 'pod-a', { source: 'preserved', attempts: 20 }),
    reaches('client', '10.96.0.10:80', 'remote-a', { attempts: 20 }),
    reaches('pod-b', '10.96.0.10:80', 'remote-a', { attempts: 20 }),
    reaches('pod-b', `${NODE.v4}:30080`, 'remote-a', { attempts: 20 }),
  ],
});
