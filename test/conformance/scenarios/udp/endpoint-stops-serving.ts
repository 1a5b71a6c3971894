import {
  apply,
  NODE,
  notReady,
  reaches,
  scenario,
  service,
  settle,
  slice,
  stopped,
  target,
  udp,
  udpFlow,
} from '../../builders.ts';
import type { DescribedEndpoint } from '../../builders.ts';

const ports = [target(5353, { protocol: 'UDP' })];
const dns = (...endpoints: (string | DescribedEndpoint)[]) => slice('dns', endpoints, { ports });
const flows = (host: string) =>
  ['cluster ip', 'node port'].map(name => udpFlow(name, { expect: { backends: [host] }, stable: true }));

export default scenario({
  name: 'a UDP flow moves on when its endpoint stops serving, though the slice still lists it',
  why: 'TestCleanStaleEntries: whoever does not serve is as good as gone to a flow, whether it terminates or fails its probes; coming back it does not get its flows back.',
  objects: [
    service('dns', { ip: '10.96.0.10', type: 'NodePort', ports: [udp(53, { nodePort: 30053 })] }),
    dns('pod-a'),
  ],
  steps: [
    udpFlow('cluster ip', { from: 'pod-b', to: '10.96.0.10:53', expect: { backends: ['pod-a'] } }),
    udpFlow('node port', { from: 'client', to: `${NODE.v4}:30053`, expect: { backends: ['pod-a'] } }),
    apply(dns(stopped('pod-a'), 'remote-a')),
    ...flows('remote-a'),
    apply(dns('pod-a', 'remote-a')),
    settle(),
    ...flows('remote-a'),
    apply(dns('pod-a', notReady('remote-a'))),
    ...flows('pod-a'),
    reaches('pod-b', '10.96.0.10:53', 'pod-a', { proto: 'udp', attempts: 20 }),
  ],
});
