import { forZones, NODE, reaches, scenario, service, slice, tcp } from '../../builders.ts';

export default scenario({
  name: 'external traffic of policy Cluster heeds hints, too',
  why: 'Hints narrow the cluster-wide endpoints, whatever address the traffic came in by.',
  objects: [
    service('web', {
      ip: '10.96.0.10',
      type: 'NodePort',
      trafficDistribution: 'PreferClose',
      ports: [tcp(80, { nodePort: 30080 })],
    }),
    slice('web', [forZones('pod-a', 'zone-a'), forZones('remote-a', 'zone-b')]),
  ],
  steps: [reaches('client', `${NODE.v4}:30080`, 'pod-a', { attempts: 20 })],
});
