import { apply, ep, NODE, PEER_NAME, reaches, scenario, service, settle, slice, tcp } from '../../builders.ts';

const far = (n: number) => ep('some pod', { addresses: [`10.244.${100 + (n >> 8)}.${n & 255}`], nodeName: PEER_NAME });
const part = (n: number) =>
  slice(
    'web',
    Array.from({ length: 100 }, (_, i) => far(n * 100 + i)),
    { name: `web-${n}` },
  );
const parts = Array.from({ length: 20 }, (_, n) => part(n));

export default scenario({
  name: 'a Service may have thousands of endpoints',
  why: 'upstream: TestSyncProxyRulesLargeClusterMode. 2000 endpoints in 20 slices are programmed together with the one that is local, and updated, while other Services go on.',
  objects: [
    service('web', {
      ip: '10.96.0.10',
      type: 'NodePort',
      internalTrafficPolicy: 'Local',
      externalTrafficPolicy: 'Local',
      ports: [tcp(80, { nodePort: 30080 })],
    }),
    slice('web', ['pod-a']),
    ...parts,
    service('other', { ip: '10.96.0.11' }),
    slice('other', ['pod-a']),
  ],
  steps: [
    reaches('pod-b', '10.96.0.10:80', 'pod-a', { attempts: 20 }),
    reaches('client', `${NODE.v4}:30080`, 'pod-a', { source: 'preserved', attempts: 20 }),
    apply(slice('other', ['remote-a'])),
    reaches('pod-b', '10.96.0.11:80', 'remote-a'),
    ...parts.map(({ metadata }) => apply(slice('web', [], { name: metadata.name }))),
    settle(),
    reaches('client', `${NODE.v4}:30080`, 'pod-a'),
    reaches('node', `${NODE.v4}:30080`, 'pod-a', { attempts: 20 }),
  ],
});
