import { apply, reaches, scenario, service, settle, slice } from '../../builders.ts';

const stray = slice('web', ['remote-a'], { name: 'stray', labels: { 'kubernetes.io/service-name': undefined } });

export default scenario({
  name: 'a slice without a Service name does no harm',
  why: "EndpointSlices belong to a Service by the label kubernetes.io/service-name; others are somebody else's.",
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])],
  steps: [apply(stray), settle(), reaches('pod-b', '10.96.0.10:80', 'pod-a', { attempts: 20 })],
});
