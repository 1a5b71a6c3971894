import { longConnection, reaches, restartProxy, scenario, service, slice, traffic } from '../../builders.ts';

export default scenario({
  name: 'a restart disturbs neither open nor new connections',
  why: 'Rules stay in the kernel while the proxy is away, and a starting proxy replaces them in one transaction.',
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a', 'remote-a'])],
  steps: [
    longConnection('open', { from: 'pod-b', to: '10.96.0.10:80' }),
    traffic.start('new', { from: 'pod-b', to: '10.96.0.10:80' }),
    restartProxy(),
    traffic.stop('new'),
    longConnection('open', { within: 0 }),
    reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a']),
  ],
});
