import { apply, longConnection, reaches, scenario, service, settle, slice } from '../../builders.ts';

export default scenario({
  name: 'an open TCP connection outlives the removal of its endpoint',
  why: 'Removing an endpoint only stops new connections; open ones end when the pod does (connection draining).',
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])],
  steps: [
    longConnection('open', { from: 'pod-b', to: '10.96.0.10:80' }),
    apply(slice('web', ['remote-a'])),
    settle(),
    reaches('pod-b', '10.96.0.10:80', 'remote-a', { stable: true }),
    longConnection('open'),
  ],
});
