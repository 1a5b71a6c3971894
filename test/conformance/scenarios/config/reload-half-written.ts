import { metric, reaches, scenario, service, sleep, slice, startProxy, tamper } from '../../builders.ts';
import { access, erase, file, settings, using, write } from '../../operator.ts';

const path = file('reload-half-written.yaml');
const text = settings({ hostnameOverride: 'ignored', nftables: { masqueradeAll: true, minSyncPeriod: '100ms' } });
/** Valid in itself: what is missing is as by default, which would ask for a restart. */
const [HEAD = ''] = settings().split('healthzBindAddress');

export default scenario({
  name: 'a configuration file that is being written is waited for',
  why: 'The first half of a file can be a valid one, which would end the proxy: all that is not there yet is as by default.',
  needs: ['nftables'],
  start: false,
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])],
  steps: [
    access(),
    write(path, settings()),
    startProxy({ args: using(path) }),
    reaches('pod-b', '10.96.0.10:80', 'pod-a', { source: 'preserved' }),
    write(path, HEAD),
    sleep(1),
    tamper(`for i in 1 2 3 4 5; do touch '${path}'; sleep 0.1; done`),
    write(path, text),
    reaches('pod-b', '10.96.0.10:80', 'pod-a', { source: 'masqueraded' }),
    // Nobody was disturbed by what was in between.
    metric('sluice_configuration_reloads_total', '==', 1, { labels: { result: 'applied' } }),
    metric('sluice_configuration_reloads_total', '==', 0, { labels: { result: 'invalid' } }),
    erase(path),
  ],
});
