import {
  apply,
  longConnection,
  reaches,
  scenario,
  service,
  settle,
  slice,
  target,
  tcp,
  udp,
  udpFlow,
} from '../../builders.ts';

const options = { ports: [target(5353, { name: 'dns', protocol: 'UDP' }), target(5353, { name: 'dns-tcp' })] };

export default scenario({
  name: 'cleaning up UDP flows does not cut TCP connections at the same address and port',
  why: 'upstream: TestCleanStaleEntries (protocols). Entries of other protocols stay, even if their endpoint is gone.',
  objects: [
    service('dns', {
      ip: '10.96.0.10',
      externalIPs: ['203.0.113.30'],
      ports: [udp(53, { name: 'dns' }), tcp(53, { name: 'dns-tcp' })],
    }),
    slice('dns', ['pod-a'], options),
  ],
  steps: [
    udpFlow('query', { from: 'pod-b', to: '10.96.0.10:53', expect: { backends: ['pod-a'] } }),
    longConnection('inside', { from: 'pod-b', to: '10.96.0.10:53' }),
    longConnection('outside', { from: 'client', to: '203.0.113.30:53' }),
    apply(slice('dns', ['remote-a'], options)),
    udpFlow('query', { expect: { backends: ['remote-a'] }, stable: true }),
    settle(),
    reaches('pod-b', '10.96.0.10:53', 'remote-a', { stable: true }),
    longConnection('inside', { expect: { backends: ['pod-a'] }, within: 0 }),
    longConnection('outside', { expect: { backends: ['pod-a'] }, within: 0 }),
  ],
});
