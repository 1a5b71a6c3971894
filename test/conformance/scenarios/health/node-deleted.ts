import { healthz, node, remove, scenario } from '../../builders.ts';

export default scenario({
  name: 'once its node is deleted, the proxy is not healthy any more',
  why: 'Up to 1.33 /healthz turns to 503 when the Node object is gone, later releases exit (1.34 to 1.36.2 do neither, by mistake). Either takes the node out of load balancing.',
  mayExit: true,
  steps: [healthz({ status: 200 }), remove(node()), healthz({ anyOf: [{ status: 503 }, { error: 'refused' }] })],
});
