import { port, reaches, scenario, service, slice, target, tcp } from '../../builders.ts';

export default scenario({
  name: 'one port number serves SCTP and TCP apart',
  why: 'Service ports are told apart by protocol, so that each goes to the endpoints of its own.',
  needs: ['sctp'],
  objects: [
    service('both', {
      ip: '10.96.0.10',
      ports: [port(80, { protocol: 'SCTP', name: 'sctp' }), tcp(80, { name: 'tcp' })],
    }),
    slice('both', ['pod-a'], { name: 'both-sctp', ports: [target(8081, { protocol: 'SCTP', name: 'sctp' })] }),
    slice('both', ['remote-a'], { name: 'both-tcp', ports: [target(8080, { name: 'tcp' })] }),
  ],
  steps: [
    reaches('pod-b', '10.96.0.10:80', 'pod-a:8081', { proto: 'sctp' }),
    reaches('pod-b', '10.96.0.10:80', 'remote-a:8080'),
  ],
});
