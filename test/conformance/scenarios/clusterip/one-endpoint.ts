import { reaches, scenario, service, slice } from '../../builders.ts';

export default scenario({
  name: 'TCP reaches the only endpoint',
  why: "A ClusterIP port forwards to the address and port of the Service's endpoint.",
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])],
  steps: [reaches('pod-b', '10.96.0.10:80', 'pod-a:8080')],
});
