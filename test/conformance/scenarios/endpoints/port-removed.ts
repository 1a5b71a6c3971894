import { apply, fails, reaches, scenario, service, slice, target, tcp } from '../../builders.ts';

const [http, admin] = [target(8080, { name: 'http' }), target(8081, { name: 'admin' })];

export default scenario({
  name: 'a port that the slice gives up refuses, the others go on',
  why: 'upstream: TestCheckoutChanges (removing port in update) and TestEsDataChanged. Ports are taken away and given back by updates of one slice, in any order.',
  objects: [
    service('web', { ip: '10.96.0.10', ports: [tcp(80, { name: 'http' }), tcp(81, { name: 'admin' })] }),
    slice('web', ['pod-a', 'remote-a'], { ports: [http, admin] }),
  ],
  steps: [
    reaches('pod-b', '10.96.0.10:81', ['pod-a:8081', 'remote-a:8081']),
    apply(slice('web', ['pod-a', 'remote-a'], { ports: [http] })),
    fails('pod-b', '10.96.0.10:81', 'refused'),
    reaches('pod-b', '10.96.0.10:80', ['pod-a:8080', 'remote-a:8080']),
    apply(slice('web', ['remote-a', 'pod-a'], { ports: [admin, http] })),
    reaches('pod-b', '10.96.0.10:81', ['pod-a:8081', 'remote-a:8081']),
    reaches('pod-b', '10.96.0.10:80', ['pod-a:8080', 'remote-a:8080']),
  ],
});
