import { apply, port, reaches, scenario, service, slice, target } from '../../builders.ts';

const ports = [target(8081, { protocol: 'SCTP' })];

export default scenario({
  name: 'SCTP at a ClusterIP spreads over its endpoints, as they change',
  why: 'Services of protocol SCTP are forwarded as TCP ones are (Kubernetes 1.20, KEP-614), to the port of the slice.',
  needs: ['sctp'],
  objects: [
    service('signalling', { ip: '10.96.0.10', ports: [port(2905, { protocol: 'SCTP' })] }),
    slice('signalling', ['pod-a', 'remote-a'], { ports }),
  ],
  steps: [
    reaches('pod-b', '10.96.0.10:2905', ['pod-a:8081', 'remote-a:8081'], { proto: 'sctp', source: 'preserved' }),
    apply(slice('signalling', ['remote-b'], { ports })),
    reaches('pod-b', '10.96.0.10:2905', 'remote-b:8081', { proto: 'sctp', stable: true }),
  ],
});
