import { apply, fails, reaches, remove, scenario, service, slice } from '../../builders.ts';

const label = 'kubernetes.io/service-name';
const moving = (of: string | undefined, hosts = ['pod-a']) =>
  slice('web', hosts, { name: 'moving', labels: { [label]: of } });
const web = (...hosts: string[]) => reaches('pod-b', '10.96.0.10:80', hosts, { stable: true });
const api = (...hosts: string[]) => reaches('pod-b', '10.96.0.11:80', hosts, { stable: true });

export default scenario({
  name: 'a slice that is relabelled for another Service leaves the one that it belonged to',
  why: 'The label kubernetes.io/service-name may be changed like any other. kube-proxy 1.36.2 looks at the new object only, and keeps the endpoints with both Services until it is restarted.',
  objects: [
    service('web', { ip: '10.96.0.10' }),
    moving('web'),
    service('api', { ip: '10.96.0.11' }),
    slice('api', ['remote-a']),
  ],
  steps: [
    web('pod-a'),
    api('remote-a'),
    apply(moving('api')),
    api('pod-a', 'remote-a'),
    fails('pod-b', '10.96.0.10:80', 'refused'),
    apply(moving('web', ['pod-a', 'remote-b'])),
    web('pod-a', 'remote-b'),
    api('remote-a'),
    apply(moving(undefined)),
    fails('pod-b', '10.96.0.10:80', 'refused'),
    apply(moving('api')),
    api('pod-a', 'remote-a'),
    remove(moving('api')),
    api('remote-a'),
    fails('pod-b', '10.96.0.10:80', 'refused'),
  ],
});
