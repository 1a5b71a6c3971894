import { clientIP, reaches, scenario, service, slice, sticky } from '../../builders.ts';

export default scenario({
  name: 'a client stays with its backend',
  why: 'With sessionAffinity ClientIP all connections of one client go to the same endpoint.',
  objects: [
    service('sticky', { ip: '10.96.0.10', ...clientIP() }),
    slice('sticky', ['pod-a', 'remote-a', 'remote-b']),
    service('loose', { ip: '10.96.0.11' }),
    slice('loose', ['pod-a', 'remote-a', 'remote-b']),
  ],
  steps: [
    sticky({ from: ['pod-b', 'node'], to: '10.96.0.10:80', attempts: 20 }),
    reaches('pod-b', '10.96.0.11:80', ['pod-a', 'remote-a', 'remote-b']),
  ],
});
