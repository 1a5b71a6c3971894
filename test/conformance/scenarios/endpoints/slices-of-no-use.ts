import { apply, ep, fails, reaches, scenario, service, settle, slice, tcp } from '../../builders.ts';
import type { KubeObject } from '../../builders.ts';

const label = 'kubernetes.io/service-name';
const odd = (n: number, more: Record<string, unknown>): KubeObject => {
  const made = { ...slice('web', ['remote-a'], { name: `web-odd-${n}` }), ...more };
  return made;
};
const oddities = [
  odd(1, { addressType: 'FQDN', endpoints: [{ addresses: ['web.example.com'], conditions: { ready: true } }] }),
  odd(2, { addressType: 'IPv6' }),
  odd(3, { endpoints: [{ addresses: [], conditions: { ready: true } }, ep('nobody', { addresses: ['nonsense'] })] }),
  odd(4, { ports: [{ name: null, protocol: 'TCP', port: 8080 }] }),
  odd(5, {
    ports: [
      { name: '', protocol: 'TCP', port: null },
      { name: '', protocol: 'TCP', port: 0 },
    ],
  }),
  odd(6, { ports: null }),
  odd(7, { endpoints: null }),
  odd(8, { ports: [{ name: '', protocol: 'UDP', port: 8080 }] }),
  slice('web', ['remote-a'], { name: 'unlabelled', labels: { [label]: '' } }),
  slice('web', ['remote-a'], { name: 'elsewhere', namespace: 'elsewhere' }),
];
const only = reaches('pod-b', '10.96.0.10:80', 'pod-a', { attempts: 20 });

export default scenario({
  name: 'slices that hold nothing of use are passed over, in part or as a whole',
  why: 'Source behaviour: FQDN and the other family, endpoints without addresses, ports without a name or a number, an empty Service name and other namespaces count for nothing, and hurt nobody else.',
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a']), ...oddities],
  steps: [
    only,
    apply(
      ...oddities.map(({ metadata, ...rest }) => ({ ...rest, metadata: { ...metadata, annotations: { a: 'b' } } })),
    ),
    settle(),
    only,
    apply(service('new', { ip: '10.96.0.11', ports: [tcp(80, { name: 'http' })] }), slice('new', ['pod-a'])),
    fails('pod-b', '10.96.0.11:80', 'refused'),
    apply(slice('web', [])),
    fails('pod-b', '10.96.0.10:80', 'refused'),
  ],
});
