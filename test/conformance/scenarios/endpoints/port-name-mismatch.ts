import { fails, reaches, scenario, service, slice, target, tcp } from '../../builders.ts';

export default scenario({
  name: 'a Service port without a slice port of its name has no endpoints',
  why: 'Service ports and slice ports are matched by name and protocol, not by number.',
  objects: [
    service('web', { ip: '10.96.0.10', ports: [tcp(8080, { name: 'http' }), tcp(8081, { name: 'admin' })] }),
    slice('web', ['pod-a'], { ports: [target(8080, { name: 'http' }), target(8081, { name: 'metrics' })] }),
  ],
  steps: [reaches('pod-b', '10.96.0.10:8080', 'pod-a'), fails('pod-b', '10.96.0.10:8081', 'refused')],
});
