import { fails, NODE, reaches, restartProxy, scenario, service, slice, tcp } from '../../builders.ts';

const all = ['pod-a', 'remote-a'];
/** [ClusterIP, node port] of a Service of policy Local with remote endpoints only. */
const addresses: [string, string][] = [
  ['10.96.0.11:80', `${NODE.v4}:30081`],
  ['[fd00:10:96::11]:80', `[${NODE.v6}]:30081`],
];
const bridge = (name: string) => ({
  config: { clusterCIDR: null, detectLocalMode: 'BridgeInterface', detectLocal: { bridgeInterface: name } },
});

export default scenario({
  name: 'interfaces tell local pods in both families, for masquerading and for short cuts',
  why: 'upstream: TestInternalExternalMasquerade with other detectors. An interface has no family; pods of other nodes, and the node itself, come in by another one.',
  needs: ['ipv6'],
  config: { clusterCIDR: null, detectLocalMode: 'InterfaceNamePrefix', detectLocal: { interfaceNamePrefix: 'veth-' } },
  objects: [
    service('web', { ip: ['10.96.0.10', 'fd00:10:96::10'] }),
    slice('web', all),
    slice('web', all, { family: 'v6' }),
    service('local', {
      ip: ['10.96.0.11', 'fd00:10:96::11'],
      type: 'NodePort',
      externalTrafficPolicy: 'Local',
      ports: [tcp(80, { nodePort: 30081 })],
    }),
    slice('local', ['remote-a']),
    slice('local', ['remote-a'], { family: 'v6' }),
  ],
  steps: [
    ...['10.96.0.10:80', '[fd00:10:96::10]:80'].flatMap(to => [
      reaches('pod-b', to, all, { source: 'preserved' }),
      reaches('pod-a', to, all),
      reaches('client', to, all, { source: 'masqueraded' }),
    ]),
    ...addresses.flatMap(([clusterIP, nodePort]) => [
      reaches('pod-b', nodePort, 'remote-a', { source: 'preserved' }),
      reaches('pod-b', clusterIP, 'remote-a', { source: 'preserved' }),
      reaches('node', nodePort, 'remote-a', { source: 'masqueraded' }),
      fails('remote-b', nodePort, 'timeout', { attempts: 2 }),
      fails('client', nodePort, 'timeout', { attempts: 2 }),
    ]),
    restartProxy('SIGTERM', bridge('veth-pod-b')),
    ...addresses.flatMap(([clusterIP, nodePort]) => [
      reaches('pod-b', nodePort, 'remote-a', { source: 'preserved' }),
      reaches('pod-a', clusterIP, 'remote-a', { source: 'masqueraded' }),
      fails('pod-a', nodePort, 'timeout', { attempts: 2 }),
    ]),
  ],
});
