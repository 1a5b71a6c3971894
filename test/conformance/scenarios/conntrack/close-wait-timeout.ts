import { scenario, startProxy, stopProxy, tamper } from '../../builders.ts';

const name = 'net.netfilter.nf_conntrack_tcp_timeout_close_wait';
const is = (seconds: number) => tamper(`test "$(sysctl -n ${name})" = ${seconds}`);

export default scenario({
  name: 'connections in CLOSE_WAIT are remembered for an hour, or as long as configured',
  why: 'e2e "should set TCP CLOSE_WAIT timeout": conntrack.tcpCloseWaitTimeout is one hour by default, a set one counts instead, and zero leaves the system\'s value alone.',
  start: false,
  steps: [
    tamper(`sysctl -qw ${name}=60`),
    startProxy(),
    is(3600),
    stopProxy(),
    startProxy({ config: { conntrack: { tcpCloseWaitTimeout: '5m0s', maxPerCore: 0 } } }),
    is(300),
    stopProxy(),
    tamper(`sysctl -qw ${name}=60`),
    startProxy({ config: { conntrack: { tcpCloseWaitTimeout: '0s', maxPerCore: 0 } } }),
    is(60),
  ],
});
