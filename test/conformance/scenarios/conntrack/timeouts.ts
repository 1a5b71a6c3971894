import { scenario, startProxy, stopProxy, tamper } from '../../builders.ts';

const sysctl = (name: string) => `net.netfilter.nf_conntrack_${name}`;
const NAMES = ['tcp_timeout_established', 'udp_timeout', 'udp_timeout_stream'];
const before = (values: number[]) =>
  tamper(NAMES.map((name, i) => `sysctl -qw ${sysctl(name)}=${values[i]}`).join(' && '));
const now = (values: number[]) =>
  tamper(NAMES.map((name, i) => `test "$(sysctl -n ${sysctl(name)})" = ${values[i]}`).join(' && '));

export default scenario({
  name: 'timeouts of conntrack: a day for open TCP, UDP as the system has it, else as configured',
  why: 'Source behaviour (tests of the conntrack sysctls): each timeout is written only if it is above zero; tcpEstablishedTimeout is 24 hours by default, those of UDP zero.',
  start: false,
  steps: [
    before([432000, 30, 120]),
    startProxy(),
    now([86400, 30, 120]),
    stopProxy(),
    startProxy({
      config: {
        conntrack: { maxPerCore: 0, tcpEstablishedTimeout: '2h30m', udpTimeout: '45s', udpStreamTimeout: '90500ms' },
      },
    }),
    now([9000, 45, 90]),
    before([432000, 30, 120]),
  ],
});
