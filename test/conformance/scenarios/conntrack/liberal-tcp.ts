import { scenario, startProxy, stopProxy, tamper } from '../../builders.ts';

const name = 'net.netfilter.nf_conntrack_tcp_be_liberal';
const is = (value: number) => tamper(`test "$(sysctl -n ${name})" = ${value}`);

export default scenario({
  name: 'tcpBeLiberal is turned on when asked for, and never off',
  why: 'e2e "proxy implementation should not be vulnerable to the invalid conntrack state bug": the remedy outside of iptables mode is conntrack.tcpBeLiberal.',
  start: false,
  steps: [
    tamper(`sysctl -qw ${name}=0`),
    startProxy(),
    is(0),
    stopProxy(),
    startProxy({ config: { conntrack: { tcpBeLiberal: true, maxPerCore: 0 } } }),
    is(1),
    stopProxy(),
    startProxy({ config: {} }),
    is(1),
    tamper(`sysctl -qw ${name}=0`),
  ],
});
