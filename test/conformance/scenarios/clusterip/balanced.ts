import { reaches, scenario, service, slice } from '../../builders.ts';

export default scenario({
  name: 'connections are shared out evenly',
  why: 'Endpoints are chosen with equal chances (nftables mode: numgen random over all endpoints).',
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a', 'remote-a', 'remote-b'])],
  steps: [reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a', 'remote-b'], { balanced: 0.25 })],
});
