import { scenario, service, slice, spread } from '../../builders.ts';

export default scenario({
  name: 'rr, which is the default, gives each endpoint its turn',
  why: "An empty ipvs.scheduler is rr (kube-proxy's defaultScheduler); IPVS knows all clients of the node, so that turns are exact.",
  needs: ['ipvs', 'ipv6'],
  objects: [
    service('web', { ip: ['10.96.0.10', 'fd00:10:96::10'] }),
    slice('web', ['pod-a', 'remote-a', 'remote-b']),
    slice('web', ['pod-a', 'remote-a', 'remote-b'], { family: 'v6' }),
  ],
  steps: [
    spread('pod-b', '10.96.0.10:80', { shares: { 'pod-a': 4, 'remote-a': 4, 'remote-b': 4 }, inTurns: true }),
    spread('pod-b', '[fd00:10:96::10]:80', { shares: { 'pod-a': 4, 'remote-a': 4, 'remote-b': 4 }, inTurns: true }),
  ],
});
