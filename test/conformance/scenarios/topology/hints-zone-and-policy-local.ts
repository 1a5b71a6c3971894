import { forZones, NODE, reaches, scenario, service, slice, tcp } from '../../builders.ts';
import type { ServiceOptions } from '../../builders.ts';

const endpoints = [
  forZones('pod-a', 'zone-a'),
  forZones('node-host', 'zone-b'),
  forZones('remote-a', 'zone-a'),
  forZones('remote-b', 'zone-b'),
];
const web = (name: string, ip: string, nodePort: number, policies: ServiceOptions) => [
  service(name, { ip, type: 'NodePort', ports: [tcp(80, { nodePort })], ...policies }),
  slice(name, endpoints),
];
const [inZone, here] = [
  ['pod-a', 'remote-a'],
  ['pod-a', 'node-host'],
];

export default scenario({
  name: 'policy Local takes local endpoints of any zone, all else those of the zone on any node',
  why: 'upstream: TestCategorizeEndpoints (conflicting topology and localness require merging allEndpoints; topology ignored for Local endpoints). One Service may need endpoints that hints exclude and endpoints that are not local.',
  objects: [
    ...web('outer', '10.96.0.10', 30080, { externalTrafficPolicy: 'Local' }),
    ...web('inner', '10.96.0.11', 30081, { internalTrafficPolicy: 'Local' }),
  ],
  steps: [
    reaches('client', `${NODE.v4}:30080`, here),
    reaches('pod-b', `${NODE.v4}:30080`, inZone),
    reaches('pod-b', '10.96.0.10:80', inZone),
    reaches('pod-b', '10.96.0.11:80', here),
    reaches('client', `${NODE.v4}:30081`, inZone),
  ],
});
