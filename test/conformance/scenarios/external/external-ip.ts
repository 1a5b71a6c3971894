import { reaches, scenario, service, slice } from '../../builders.ts';

export default scenario({
  name: 'an external IP is reachable from everywhere',
  why: "Traffic that arrives at the node for one of the Service's externalIPs is forwarded to its endpoints.",
  objects: [service('web', { ip: '10.96.0.10', externalIPs: ['203.0.113.10'] }), slice('web', ['pod-a', 'remote-a'])],
  steps: [
    reaches('client', '203.0.113.10:80', ['pod-a', 'remote-a']),
    reaches('pod-b', '203.0.113.10:80', ['pod-a', 'remote-a']),
    reaches('node', '203.0.113.10:80', ['pod-a', 'remote-a']),
  ],
});
