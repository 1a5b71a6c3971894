import { NODE, reaches, scenario, service, slice, target, tcp, udp } from '../../builders.ts';

const hosts = ['node-host', 'peer-host'];

export default scenario({
  name: 'endpoints in the host network serve TCP and UDP by cluster address and by node port',
  why: 'e2e "Granular Checks: Services should function for service endpoints using hostNetwork".',
  objects: [
    service('web', {
      ip: '10.96.0.10',
      type: 'NodePort',
      ports: [tcp(80, { name: 'http', nodePort: 30080 }), udp(90, { name: 'udp', nodePort: 30090 })],
    }),
    slice('web', hosts, { ports: [target(8080, { name: 'http' }), target(8081, { name: 'udp', protocol: 'UDP' })] }),
  ],
  steps: ['pod-a', 'node', 'client'].flatMap(from => [
    reaches(from, '10.96.0.10:80', hosts),
    reaches(from, `${NODE.v4}:30080`, hosts),
    reaches(from, '10.96.0.10:90', hosts, { proto: 'udp' }),
    reaches(from, `${NODE.v4}:30090`, hosts, { proto: 'udp' }),
  ]),
});
