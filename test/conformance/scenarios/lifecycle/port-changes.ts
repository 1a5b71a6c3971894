import { fails, patch, reaches, scenario, service, slice, tcp } from '../../builders.ts';

const web = service('web', { ip: '10.96.0.10', ports: [tcp(80, { name: 'http' })] });

export default scenario({
  name: 'a changed Service port takes the place of the old one',
  why: 'The proxy follows updates of spec.ports: numbers, added and removed ports.',
  objects: [
    web,
    slice('web', ['pod-a'], {
      ports: [
        { name: 'http', protocol: 'TCP', port: 8080 },
        { name: 'https', protocol: 'TCP', port: 8443 },
      ],
    }),
  ],
  steps: [
    reaches('pod-b', '10.96.0.10:80', 'pod-a:8080'),
    patch(web, { spec: { ports: [tcp(8000, { name: 'http' }), tcp(443, { name: 'https' })] } }),
    reaches('pod-b', '10.96.0.10:8000', 'pod-a:8080'),
    reaches('pod-b', '10.96.0.10:443', 'pod-a:8443'),
    fails('pod-b', '10.96.0.10:80', ['refused', 'unreachable']),
  ],
});
