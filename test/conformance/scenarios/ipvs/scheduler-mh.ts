import { CLIENTS, patch, reaches, restartProxy, scenario, service, slice, sticky } from '../../builders.ts';

const BACKENDS = ['pod-a', 'remote-a', 'remote-b'];
const web = service('web', { ip: '10.96.0.10', annotations: { 'sluice/ipvs-scheduler': 'mh' } });

export default scenario({
  name: 'mh keeps each client at its endpoint, over a restart as well; with mh-port each connection goes for itself',
  why: 'kube-proxy forces mh-port on all, so that mh is no affinity there; here it is a flag, global or by annotation.',
  needs: ['ipvs'],
  objects: [web, slice('web', BACKENDS)],
  steps: [
    sticky({ from: CLIENTS, to: '10.96.0.10:80', attempts: 4, distinct: 3, backends: BACKENDS, as: 'before' }),
    restartProxy(),
    sticky({ from: CLIENTS, to: '10.96.0.10:80', attempts: 4, same: 'before' }),
    patch(web, { metadata: { annotations: { 'sluice/ipvs-scheduler-flags': 'mh-port' } } }),
    reaches('client', '10.96.0.10:80', BACKENDS, { attempts: 40 }),
    patch(web, { metadata: { annotations: { 'sluice/ipvs-scheduler-flags': null } } }),
    sticky({ from: CLIENTS, to: '10.96.0.10:80', attempts: 4, same: 'before' }),
  ],
});
