import { ep, fails, NODE, PEER_NAME, reaches, scenario, service, slice, tcp } from '../../builders.ts';

const elsewhere = ep('client', { nodeName: PEER_NAME, zone: 'zone-b' });
const node = (name: string, ip: string, nodePort: number) =>
  service(name, { ip, type: 'NodePort', externalTrafficPolicy: 'Local', ports: [tcp(80, { nodePort })] });

export default scenario({
  name: 'with NodeCIDR, pods of other nodes are outsiders to policy Local',
  why: "upstream: TestInternalExternalMasquerade (LocalTrafficDetector). detectLocalMode NodeCIDR knows only the node's own pods; others get local endpoints with their source kept, or are dropped for want of these.",
  config: { clusterCIDR: null, detectLocalMode: 'NodeCIDR' },
  objects: [
    node('web', '10.96.0.10', 30080),
    slice('web', ['pod-a', elsewhere]),
    node('far', '10.96.0.11', 30081),
    slice('far', [elsewhere]),
  ],
  steps: [
    reaches('pod-b', `${NODE.v4}:30080`, ['pod-a', 'client'], { source: 'preserved' }),
    reaches('pod-b', `${NODE.v4}:30081`, 'client', { source: 'preserved' }),
    reaches('remote-a', `${NODE.v4}:30080`, 'pod-a', { source: 'preserved', attempts: 20 }),
    fails('remote-a', `${NODE.v4}:30081`, 'timeout'),
  ],
});
