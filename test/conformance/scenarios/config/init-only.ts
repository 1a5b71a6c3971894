import { fails, reaches, runProxy, scenario, service, slice, startProxy, tamper } from '../../builders.ts';

const name = 'net.netfilter.nf_conntrack_tcp_timeout_close_wait';

export default scenario({
  name: '--init-only sets what needs privileges and ends, without rules',
  why: 'TestConfigChange and Options.Run: with --init-only the system settings are made, no Service is forwarded, and the status is 0.',
  start: false,
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])],
  steps: [
    tamper(`sysctl -qw ${name}=60`),
    runProxy(['--init-only']),
    tamper(`test "$(sysctl -n ${name})" = 3600`),
    fails('pod-b', '10.96.0.10:80', 'unreachable', { within: 0 }),
    startProxy(),
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
  ],
});
