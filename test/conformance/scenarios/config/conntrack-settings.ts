import { scenario, startProxy, tamper } from '../../builders.ts';

const was = {
  tcp_timeout_established: 432000,
  tcp_timeout_close_wait: 60,
  tcp_be_liberal: 0,
  udp_timeout: 30,
  udp_timeout_stream: 120,
};
const wanted = {
  tcp_timeout_established: 7200,
  tcp_timeout_close_wait: 900,
  tcp_be_liberal: 1,
  udp_timeout: 40,
  udp_timeout_stream: 160,
};
const set = (values: typeof was) =>
  tamper(
    Object.entries(values)
      .map(([name, value]) => `sysctl -qw net.netfilter.nf_conntrack_${name}=${value}`)
      .join(' && '),
  );
const are = (values: typeof was) =>
  tamper(
    Object.entries(values)
      .map(([name, value]) => `test "$(sysctl -n net.netfilter.nf_conntrack_${name})" = ${value}`)
      .join(' && '),
  );

export default scenario({
  name: 'the conntrack settings of the configuration reach the kernel',
  why: 'upstream: TestSetupConntrack. tcpEstablishedTimeout, tcpCloseWaitTimeout, tcpBeLiberal, udpTimeout and udpStreamTimeout are set where they are given.',
  config: {
    conntrack: {
      tcpEstablishedTimeout: '2h',
      tcpCloseWaitTimeout: '15m',
      tcpBeLiberal: true,
      udpTimeout: '40s',
      udpStreamTimeout: '2m40s',
    },
  },
  start: false,
  steps: [set(was), startProxy(), are(wanted), set(was)],
});
