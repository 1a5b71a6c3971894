import { clientIP, CLIENTS, patch, reaches, scenario, service, settle, slice, sticky, tcp } from '../../builders.ts';
import type { ServiceOptions } from '../../builders.ts';

const off = { sessionAffinity: 'None', sessionAffinityConfig: null };
const web = (name: string, ip: string, vip: string, nodePort: number, more?: ServiceOptions) =>
  service(name, { ip, vips: [vip], type: 'LoadBalancer', ports: [tcp(80, { nodePort })], ...clientIP(), ...more });
const cluster = web('cluster', '10.96.0.11', '203.0.113.21', 30081);
const local = web('local', '10.96.0.12', '203.0.113.22', 30082, {
  externalTrafficPolicy: 'Local',
  healthCheckNodePort: 32080,
});

export default scenario({
  name: 'affinity of load balancers of either policy, turned off and on again',
  why: 'e2e "should have session affinity work for LoadBalancer service with Local traffic policy" and "… Cluster …", and both of "should be able to switch session affinity …".',
  objects: [
    cluster,
    slice('cluster', ['pod-a', 'remote-a', 'remote-b']),
    local,
    slice('local', ['pod-a', 'pod-b', 'remote-a']),
  ],
  steps: [
    sticky({ from: CLIENTS, to: '203.0.113.21:80', distinct: 2 }),
    sticky({ from: CLIENTS, to: '203.0.113.22:80', distinct: 2, backends: ['pod-a', 'pod-b'] }),
    patch(cluster, { spec: off }),
    patch(local, { spec: off }),
    settle(),
    reaches('client', '203.0.113.21:80', ['pod-a', 'remote-a', 'remote-b']),
    reaches('client', '203.0.113.22:80', ['pod-a', 'pod-b'], { source: 'preserved' }),
    patch(cluster, { spec: clientIP() }),
    patch(local, { spec: clientIP() }),
    settle(),
    sticky({ from: CLIENTS, to: '203.0.113.21:80', distinct: 2 }),
    sticky({ from: CLIENTS, to: '203.0.113.22:80', distinct: 2, backends: ['pod-a', 'pod-b'] }),
  ],
});
