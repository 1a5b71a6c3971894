import { reaches, scenario, service, slice, startProxy, stopProxy } from '../../builders.ts';

const works = reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a'], { within: 0, stable: true });

export default scenario({
  name: 'an interrupted proxy leaves its rules, too',
  why: 'Source behaviour: kube-proxy handles no signals, so SIGINT and SIGHUP end it like SIGTERM, with all rules in place for the next one.',
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a', 'remote-a'])],
  steps: [
    reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a']),
    stopProxy('SIGINT'),
    works,
    startProxy(),
    works,
    stopProxy('SIGHUP'),
    works,
    startProxy(),
    works,
  ],
});
