import { apply, fails, reaches, scenario, service, slice, target, tcp } from '../../builders.ts';

const custom = (labels: Record<string, string> = {}) =>
  slice('web', ['pod-a'], { name: 'custom', ports: [target(8080, { name: 'http' })], labels });

export default scenario({
  name: 'a slice that gets the headless label counts no more',
  why: 'e2e "should implement service.kubernetes.io/headless": EndpointSlices with this label are left out, so the Service is left without endpoints; without it they are back.',
  objects: [service('web', { ip: '10.96.0.10', ports: [tcp(80, { name: 'http' })] }), custom()],
  steps: [
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
    apply(custom({ 'service.kubernetes.io/headless': '' })),
    fails('pod-b', '10.96.0.10:80', 'refused'),
    apply(custom()),
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
  ],
});
