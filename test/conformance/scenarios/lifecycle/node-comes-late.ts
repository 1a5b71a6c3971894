import {
  apply,
  awaitReady,
  fails,
  forZones,
  NODE,
  node,
  patch,
  reaches,
  remove,
  scenario,
  service,
  slice,
  sleep,
  startProxy,
  tcp,
} from '../../builders.ts';

const { status } = node();

export default scenario({
  name: 'a starting proxy waits for its Node, and for an address in it',
  why: 'Source behaviour of the node manager: a node that registers itself while the proxy starts must not be taken for one without addresses and zone. It is waited for, for up to 30 s.',
  start: false,
  objects: [
    service('web', { ip: '10.96.0.10', type: 'NodePort', ports: [tcp(80, { nodePort: 30080 })] }),
    slice('web', [forZones('pod-a', 'zone-a'), forZones('remote-a', 'zone-b')]),
  ],
  steps: [
    remove(node()),
    startProxy({ wait: false }),
    sleep(1.5),
    fails('pod-b', '10.96.0.10:80', 'unreachable', { within: 0 }),
    apply(node()),
    patch(node(), { status: { addresses: [{ type: 'Hostname', address: 'node-a' }] } }),
    sleep(1),
    fails('pod-b', '10.96.0.10:80', 'unreachable', { within: 0 }),
    patch(node(), { status }),
    awaitReady(),
    reaches('client', `${NODE.v4}:30080`, 'pod-a', { attempts: 20 }),
    fails('client', '10.244.1.1:30080', 'refused'),
  ],
});
