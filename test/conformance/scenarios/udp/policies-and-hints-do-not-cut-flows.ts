import {
  apply,
  forZones,
  NODE,
  patch,
  reaches,
  scenario,
  service,
  settle,
  slice,
  target,
  udp,
  udpFlow,
} from '../../builders.ts';

const options = { ports: [target(5353, { protocol: 'UDP' })] };
const dns = service('dns', { ip: '10.96.0.10', type: 'NodePort', ports: [udp(53, { nodePort: 30053 })] });

export default scenario({
  name: 'policies and hints steer new UDP flows and leave those that exist',
  why: 'upstream: TestCleanStaleEntries. To a flow any serving endpoint of the Service is right, whatever policies and hints say by now, as it is for TCP.',
  objects: [dns, slice('dns', ['remote-a'], options)],
  steps: [
    udpFlow('cluster ip', { from: 'pod-b', to: '10.96.0.10:53', expect: { backends: ['remote-a'] } }),
    udpFlow('node port', { from: 'client', to: `${NODE.v4}:30053`, expect: { backends: ['remote-a'] } }),
    patch(dns, { spec: { internalTrafficPolicy: 'Local', externalTrafficPolicy: 'Local' } }),
    apply(slice('dns', ['remote-a', 'pod-a'], options)),
    settle(),
    reaches('client', '10.96.0.10:53', 'pod-a', { proto: 'udp', attempts: 20, stable: true }),
    reaches('client', `${NODE.v4}:30053`, 'pod-a', { proto: 'udp', attempts: 20, stable: true }),
    udpFlow('cluster ip', { stable: true, within: 0 }),
    udpFlow('node port', { stable: true, within: 0 }),
    patch(dns, { spec: { internalTrafficPolicy: 'Cluster', externalTrafficPolicy: 'Cluster' } }),
    apply(slice('dns', [forZones('remote-a', 'zone-b'), forZones('pod-a', 'zone-a')], options)),
    settle(),
    reaches('client', '10.96.0.10:53', 'pod-a', { proto: 'udp', attempts: 20, stable: true }),
    udpFlow('cluster ip', { stable: true, within: 0 }),
    udpFlow('node port', { stable: true, within: 0 }),
  ],
});
