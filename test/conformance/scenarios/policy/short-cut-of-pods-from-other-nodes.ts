import { ep, fails, NODE, PEER_NAME, reaches, scenario, service, slice, tcp } from '../../builders.ts';

const elsewhere = ep('client', { nodeName: PEER_NAME, zone: 'zone-b' });
const node = (name: string, ip: string, nodePort: number) =>
  service(name, { ip, type: 'NodePort', externalTrafficPolicy: 'Local', ports: [tcp(80, { nodePort })] });

export default scenario({
  name: 'with a clusterCIDR, pods of other nodes take the short cut as well',
  why: 'upstream: TestExternalTrafficPolicyLocal (pod to NodePort). What counts is that the source lies within the clusterCIDR, not on which node it is; the other node itself is an outsider.',
  objects: [
    node('web', '10.96.0.10', 30080),
    slice('web', ['pod-a', elsewhere]),
    node('far', '10.96.0.11', 30081),
    slice('far', [elsewhere]),
  ],
  steps: [
    reaches('remote-a', `${NODE.v4}:30080`, ['pod-a', 'client'], { source: 'preserved' }),
    reaches('remote-a', `${NODE.v4}:30081`, 'client', { source: 'preserved' }),
    reaches('peer-host', `${NODE.v4}:30080`, 'pod-a', { source: 'preserved', attempts: 20 }),
    fails('peer-host', `${NODE.v4}:30081`, 'timeout'),
  ],
});
