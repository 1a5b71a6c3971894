import { apply, forNodes, NODE_NAME, PEER_NAME, reaches, scenario, service, slice } from '../../builders.ts';

const here = forNodes('pod-a', [NODE_NAME], ['zone-a']);
const there = forNodes('remote-a', [PEER_NAME], ['zone-b']);

export default scenario({
  name: "the node's own endpoint is used, then the other one while it is away, then the own one again",
  why: 'e2e "should route traffic to an endpoint on the same node when using PreferSameNode and fall back when the endpoint becomes unavailable".',
  objects: [service('web', { ip: '10.96.0.10', trafficDistribution: 'PreferSameNode' }), slice('web', [here, there])],
  steps: [
    reaches('pod-b', '10.96.0.10:80', 'pod-a', { attempts: 20 }),
    apply(slice('web', [there])),
    reaches('pod-b', '10.96.0.10:80', 'remote-a', { attempts: 20 }),
    apply(slice('web', [here, there])),
    reaches('pod-b', '10.96.0.10:80', 'pod-a', { attempts: 20, stable: true }),
    reaches('node', '10.96.0.10:80', 'pod-a', { attempts: 20 }),
  ],
});
