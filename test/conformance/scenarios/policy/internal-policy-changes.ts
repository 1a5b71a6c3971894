import { patch, reaches, scenario, service, slice } from '../../builders.ts';

const web = service('web', { ip: '10.96.0.10' });

export default scenario({
  name: 'a changed internalTrafficPolicy takes effect, and back',
  why: 'internalTrafficPolicy may be changed at any time.',
  objects: [web, slice('web', ['pod-a', 'remote-a'])],
  steps: [
    reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a']),
    patch(web, { spec: { internalTrafficPolicy: 'Local' } }),
    reaches('pod-b', '10.96.0.10:80', 'pod-a', { attempts: 20, stable: true }),
    patch(web, { spec: { internalTrafficPolicy: 'Cluster' } }),
    reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a']),
  ],
});
