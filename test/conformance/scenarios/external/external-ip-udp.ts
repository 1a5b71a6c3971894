import { reaches, scenario, service, slice, target, udp } from '../../builders.ts';

export default scenario({
  name: 'an external IP serves UDP',
  why: 'externalIPs expose every port of the Service in its protocol.',
  objects: [
    service('dns', { ip: '10.96.0.10', externalIPs: ['203.0.113.10'], ports: [udp(53)] }),
    slice('dns', ['pod-a', 'remote-a'], { ports: [target(5353, { protocol: 'UDP' })] }),
  ],
  steps: [reaches('client', '203.0.113.10:53', ['pod-a', 'remote-a'], { proto: 'udp' })],
});
