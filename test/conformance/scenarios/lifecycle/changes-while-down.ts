import { apply, fails, reaches, remove, scenario, service, slice, startProxy, stopProxy } from '../../builders.ts';

const gone = service('gone', { ip: '10.96.0.11', externalIPs: ['203.0.113.11'] });

export default scenario({
  name: 'a starting proxy catches up with what changed while it was down',
  why: "The data plane follows the current objects, not those of the proxy's former life: leftovers of deleted Services go away.",
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a']), gone, slice('gone', ['pod-a'])],
  steps: [
    reaches('client', '203.0.113.11:80', 'pod-a'),
    stopProxy(),
    remove(gone),
    apply(slice('web', ['remote-a']), service('new', { ip: '10.96.0.12' }), slice('new', ['pod-a'])),
    startProxy(),
    reaches('pod-b', '10.96.0.10:80', 'remote-a', { stable: true }),
    reaches('pod-b', '10.96.0.12:80', 'pod-a'),
    fails('pod-b', '10.96.0.11:80', 'unreachable'),
    fails('client', '203.0.113.11:80', 'unreachable'),
  ],
});
