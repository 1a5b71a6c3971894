import {
  apply,
  forZones,
  healthz,
  livez,
  NODE,
  node,
  patch,
  reaches,
  remove,
  scenario,
  service,
  settle,
  slice,
  tcp,
} from '../../builders.ts';

const web = (zone: string) => slice('web', [forZones('pod-a', zone), forZones('remote-a', 'zone-b')]);

export default scenario({
  name: 'a node that is deleted is not eligible, goes on as it was, and is eligible when it is back',
  why: 'Once the Node object is gone load balancers must turn away (1.34 to 1.36.2 go on calling it eligible), but that is no reason to forward otherwise: zone and addresses stay the last that were known.',
  objects: [
    service('web', { ip: '10.96.0.10', type: 'NodePort', ports: [tcp(80, { nodePort: 30080 })] }),
    web('zone-a'),
  ],
  steps: [
    healthz({ status: 200, json: { nodeEligible: true } }),
    remove(node()),
    healthz({ status: 503, json: { nodeEligible: false, healthy: true } }),
    livez({ status: 200 }),
    apply(service('new', { ip: '10.96.0.11' }), slice('new', ['pod-a'])),
    settle(),
    reaches('pod-b', '10.96.0.11:80', 'pod-a'),
    reaches('client', `${NODE.v4}:30080`, 'pod-a', { attempts: 20 }),
    apply(node()),
    healthz({ status: 200, json: { nodeEligible: true } }),
    patch(node(), { metadata: { labels: { 'topology.kubernetes.io/zone': 'zone-b' } } }),
    reaches('client', `${NODE.v4}:30080`, 'remote-a', { attempts: 20 }),
  ],
});
