import { fails, NODE, NODE_SERVER_PORT, scenario, service, slice, tcp } from '../../builders.ts';

export default scenario({
  name: 'externalTrafficPolicy Local drops when only other nodes have endpoints',
  why: 'External traffic to a node without local endpoints is dropped (not rejected), since other nodes do have endpoints.',
  objects: [
    service('web', {
      ip: '10.96.0.10',
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      healthCheckNodePort: 32080,
      vips: ['203.0.113.20'],
      externalIPs: ['203.0.113.10'],
      ports: [tcp(80, { nodePort: NODE_SERVER_PORT })],
    }),
    slice('web', ['remote-a']),
  ],
  steps: [
    fails('client', `${NODE.v4}:${NODE_SERVER_PORT}`, 'timeout'),
    fails('client', '203.0.113.20:80', 'timeout'),
    fails('client', '203.0.113.10:80', 'timeout'),
  ],
});
