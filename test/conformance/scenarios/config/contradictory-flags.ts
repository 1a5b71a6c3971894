import { fails, reaches, runProxy, scenario, service, slice, stopProxy, tamper } from '../../builders.ts';
import { erase, file } from '../../operator.ts';

const written = file('instead-of-cleanup.yaml');

export default scenario({
  name: 'of --write-config-to, --cleanup and --init-only the first in this order is done, and nothing else',
  why: 'Options.Run: each of them ends the proxy with status 0, so only one can have its way.',
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])],
  steps: [
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
    stopProxy(),
    runProxy(['--cleanup', '--init-only', `--write-config-to=${written}`]),
    tamper(`test -s '${written}'`),
    reaches('pod-b', '10.96.0.10:80', 'pod-a', { within: 0 }),
    runProxy(['--cleanup', '--init-only']),
    fails('pod-b', '10.96.0.10:80', 'unreachable', { within: 0 }),
    erase(written),
  ],
});
