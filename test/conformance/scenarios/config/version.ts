import { api, fails, runProxy, scenario } from '../../builders.ts';

export default scenario({
  name: '--version and --help tell and end, whatever else is wrong',
  why: 'As operators meet it: both end with status 0 before any configuration is read, so they work without a file, a cluster or rules.',
  start: false,
  steps: [
    api.stop(),
    runProxy(['--version']),
    runProxy(['--version', '--config', '/does/not/exist']),
    runProxy(['--help']),
    runProxy(['--help', '--config', '/does/not/exist']),
    fails('pod-b', '10.96.255.254:20000', 'unreachable', { within: 0 }),
  ],
});
