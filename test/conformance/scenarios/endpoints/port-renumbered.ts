import { apply, reaches, scenario, service, slice, target, tcp } from '../../builders.ts';

const options = (number: number) => ({ ports: [target(number, { name: 'http' })] });

export default scenario({
  name: 'a port renumbered in the slice moves all new connections',
  why: 'upstream: TestUpdateEndpointsMap (renumber a port) and TestSyncProxyRulesRepeated. The address stays, only the port of the endpoint is another; hairpin masquerading follows.',
  objects: [
    service('web', { ip: '10.96.0.10', ports: [tcp(80, { name: 'http' })] }),
    slice('web', ['pod-a'], options(8080)),
  ],
  steps: [
    reaches('pod-b', '10.96.0.10:80', 'pod-a:8080'),
    reaches('pod-a', '10.96.0.10:80', 'pod-a:8080', { source: 'masqueraded' }),
    apply(slice('web', ['pod-a'], options(8443))),
    reaches('pod-b', '10.96.0.10:80', 'pod-a:8443', { stable: true }),
    reaches('pod-a', '10.96.0.10:80', 'pod-a:8443', { source: 'masqueraded' }),
  ],
});
