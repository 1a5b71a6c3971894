import { apply, ep, reaches, scenario, service, settle, slice, target, udp, udpFlow } from '../../builders.ts';

const options = { ports: [target(5353, { protocol: 'UDP' })] };

export default scenario({
  name: 'an endpoint that is not ready but serves gets no new UDP flows and keeps the old ones',
  why: 'upstream: TestCleanStaleEntries (serving endpoints). What counts for existing flows is serving alone, for new ones ready.',
  objects: [service('dns', { ip: '10.96.0.10', ports: [udp(53)] }), slice('dns', ['pod-a'], options)],
  steps: [
    udpFlow('query', { from: 'pod-b', to: '10.96.0.10:53', expect: { backends: ['pod-a'] } }),
    apply(slice('dns', [ep('pod-a', { ready: false, serving: true }), 'remote-a'], options)),
    settle(),
    reaches('pod-b', '10.96.0.10:53', 'remote-a', { proto: 'udp', attempts: 20, stable: true }),
    udpFlow('query', { expect: { backends: ['pod-a'] }, stable: true, within: 0 }),
  ],
});
