import { reaches, scenario, service, slice } from '../../builders.ts';

export default scenario({
  name: 'internalTrafficPolicy Local keeps ClusterIP traffic on the node',
  why: "With internalTrafficPolicy Local only endpoints on the client's own node are used.",
  objects: [
    service('web', { ip: '10.96.0.10', internalTrafficPolicy: 'Local' }),
    slice('web', ['pod-a', 'remote-a', 'remote-b']),
  ],
  steps: [
    reaches('pod-b', '10.96.0.10:80', 'pod-a', { attempts: 20 }),
    reaches('node', '10.96.0.10:80', 'pod-a', { attempts: 20 }),
  ],
});
