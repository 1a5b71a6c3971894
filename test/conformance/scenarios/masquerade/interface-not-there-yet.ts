import { NODE, reaches, restartProxy, scenario, service, slice, tcp } from '../../builders.ts';
import type { Step } from '../../builders.ts';

/** No interface of that name is there, so nobody comes from it. */
const seen: Step[] = [
  reaches('pod-b', '10.96.0.10:80', 'remote-a', { source: 'masqueraded' }),
  reaches('pod-b', '[fd00:10:96::10]:80', 'remote-a', { source: 'masqueraded' }),
  reaches('client', '10.96.0.10:80', 'remote-a', { source: 'masqueraded' }),
  reaches('node', `${NODE.v4}:30080`, 'remote-a'),
];
const detect = (detectLocalMode: string, detectLocal: object) => ({ clusterCIDR: null, detectLocalMode, detectLocal });

export default scenario({
  name: 'the interface that tells local pods need not be there yet',
  why: 'Upstream issue 134024: a rule that names an interface by number fails, with all others of the sync, before the CNI has made it. A prefix may be as long as a name (15 bytes).',
  needs: ['ipv6'],
  config: detect('BridgeInterface', { bridgeInterface: 'cni0' }),
  objects: [
    service('web', { ip: ['10.96.0.10', 'fd00:10:96::10'], type: 'NodePort', ports: [tcp(80, { nodePort: 30080 })] }),
    slice('web', ['remote-a']),
    slice('web', ['remote-a'], { family: 'v6' }),
  ],
  steps: [
    ...seen,
    restartProxy('SIGTERM', { config: detect('InterfaceNamePrefix', { interfaceNamePrefix: 'azv' }) }),
    ...seen,
    restartProxy('SIGTERM', { config: detect('InterfaceNamePrefix', { interfaceNamePrefix: 'fifteen-letters' }) }),
    ...seen,
  ],
});
