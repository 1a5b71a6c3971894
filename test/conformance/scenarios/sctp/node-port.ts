import { NODE, port, reaches, scenario, service, slice, target } from '../../builders.ts';

export default scenario({
  name: 'an SCTP node port is open to the outside, and masquerades',
  why: "A NodePort Service of protocol SCTP is reachable at the node's address; answers have to come back by the node.",
  needs: ['sctp'],
  objects: [
    service('signalling', {
      ip: '10.96.0.10',
      type: 'NodePort',
      ports: [port(2905, { protocol: 'SCTP', nodePort: 30905 })],
    }),
    slice('signalling', ['pod-a', 'remote-a'], { ports: [target(8081, { protocol: 'SCTP' })] }),
  ],
  steps: [
    reaches('client', `${NODE.v4}:30905`, ['pod-a:8081', 'remote-a:8081'], { proto: 'sctp', source: 'masqueraded' }),
  ],
});
