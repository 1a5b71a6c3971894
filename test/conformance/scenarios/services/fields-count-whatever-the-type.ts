import { NODE, reaches, scenario, service, slice, tcp } from '../../builders.ts';

const all = ['pod-a', 'remote-a'];
const masqueraded = { source: 'masqueraded' };

export default scenario({
  name: 'node ports and VIPs are served whatever the type says; the external policy goes by the type',
  why: 'Source behaviour: only ExternalName is told by the type. A Service that keeps its node port or its status while the type changes is served there; policy Local is for types that give access from outside.',
  objects: [
    service('web', {
      ip: '10.96.0.10',
      vips: ['203.0.113.20'],
      externalTrafficPolicy: 'Local',
      ports: [tcp(80, { nodePort: 30080 })],
    }),
    slice('web', all),
    service('port', { ip: '10.96.0.11', type: 'NodePort', vips: ['203.0.113.21'], ports: [tcp(80)] }),
    slice('port', all),
  ],
  steps: [
    reaches('pod-b', '10.96.0.10:80', all),
    reaches('client', '203.0.113.20:80', all, masqueraded),
    reaches('client', `${NODE.v4}:30080`, all, masqueraded),
    reaches('client', '203.0.113.21:80', all, masqueraded),
    reaches('client', '10.96.0.11:80', all),
  ],
});
