import { port, reaches, scenario, service, slice, target } from '../../builders.ts';

export default scenario({
  name: 'SCTP at a ClusterIP of IPv6 reaches its endpoints',
  why: 'Services of protocol SCTP are forwarded in both families.',
  needs: ['ipv6', 'sctp'],
  objects: [
    service('signalling', { ip: 'fd00:10:96::10', ports: [port(2905, { protocol: 'SCTP' })] }),
    slice('signalling', ['pod-a', 'remote-a'], { family: 'v6', ports: [target(8081, { protocol: 'SCTP' })] }),
  ],
  steps: [
    reaches('pod-b', '[fd00:10:96::10]:2905', ['pod-a:8081', 'remote-a:8081'], { proto: 'sctp', source: 'preserved' }),
  ],
});
