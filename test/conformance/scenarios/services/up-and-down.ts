import { apply, fails, longConnection, reaches, remove, scenario, service, slice } from '../../builders.ts';

const first = service('first', { ip: '10.96.0.11' });

export default scenario({
  name: 'Services come and go one by one while the others go on',
  why: 'e2e "should be able to up and down services": stopping one Service and starting a third does nothing to the second.',
  objects: [
    first,
    slice('first', ['pod-a', 'remote-a']),
    service('second', { ip: '10.96.0.12' }),
    slice('second', ['pod-a', 'remote-b']),
  ],
  steps: [
    reaches('pod-b', '10.96.0.11:80', ['pod-a', 'remote-a']),
    reaches('pod-b', '10.96.0.12:80', ['pod-a', 'remote-b']),
    longConnection('to the second', { from: 'pod-b', to: '10.96.0.12:80' }),
    remove(first),
    remove(slice('first', [])),
    fails('pod-b', '10.96.0.11:80', 'unreachable'),
    fails('node', '10.96.0.11:80', 'unreachable'),
    reaches('pod-b', '10.96.0.12:80', ['pod-a', 'remote-b']),
    apply(service('third', { ip: '10.96.0.13' }), slice('third', ['remote-a', 'remote-b'])),
    reaches('pod-b', '10.96.0.13:80', ['remote-a', 'remote-b']),
    reaches('node', '10.96.0.12:80', ['pod-a', 'remote-b']),
    longConnection('to the second', {}),
    fails('pod-b', '10.96.0.11:80', 'unreachable'),
  ],
});
