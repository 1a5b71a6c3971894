import { apply, fails, reaches, scenario, service, settle, slice } from '../../builders.ts';

export default scenario({
  name: 'slice and Service may come in any order',
  why: 'Objects of different kinds reach the proxy through different watches, in no particular order.',
  objects: [],
  steps: [
    apply(slice('web', ['pod-a'])),
    settle(),
    fails('pod-b', '10.96.0.10:80', 'unreachable'),
    apply(service('web', { ip: '10.96.0.10' })),
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
    apply(service('late', { ip: '10.96.0.11' })),
    fails('pod-b', '10.96.0.11:80', 'refused'),
    apply(slice('late', ['pod-a'])),
    reaches('pod-b', '10.96.0.11:80', 'pod-a'),
  ],
});
