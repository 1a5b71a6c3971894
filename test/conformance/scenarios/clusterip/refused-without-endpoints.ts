import { fails, scenario, service, tcp, udp } from '../../builders.ts';

export default scenario({
  name: 'a Service without endpoints refuses',
  why: 'Traffic to a Service that has no endpoints at all is rejected, not dropped, so that clients fail at once.',
  objects: [service('web', { ip: '10.96.0.10', ports: [tcp(80, { name: 'http' }), udp(53, { name: 'dns' })] })],
  steps: [
    fails('pod-b', '10.96.0.10:80', 'refused'),
    fails('pod-b', '10.96.0.10:53', 'refused', { proto: 'udp' }),
    fails('node', '10.96.0.10:80', 'refused'),
    fails('node', '10.96.0.10:53', 'refused', { proto: 'udp' }),
    fails('client', '10.96.0.10:80', 'refused'),
  ],
});
