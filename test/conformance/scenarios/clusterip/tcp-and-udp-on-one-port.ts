import { reaches, scenario, service, slice, target, tcp, udp } from '../../builders.ts';

export default scenario({
  name: 'one port number serves TCP and UDP apart',
  why: 'Service ports are told apart by protocol, so that a DNS Service can have port 53 twice.',
  objects: [
    service('dns', { ip: '10.96.0.10', ports: [udp(53, { name: 'dns' }), tcp(53, { name: 'dns-tcp' })] }),
    slice('dns', ['pod-a'], {
      ports: [target(5353, { name: 'dns', protocol: 'UDP' }), target(8081, { name: 'dns-tcp' })],
    }),
  ],
  steps: [
    reaches('pod-b', '10.96.0.10:53', 'pod-a:5353', { proto: 'udp' }),
    reaches('pod-b', '10.96.0.10:53', 'pod-a:8081'),
  ],
});
