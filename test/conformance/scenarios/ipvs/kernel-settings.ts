import { reaches, restartProxy, scenario, service, slice, tamper } from '../../builders.ts';

const SYSCTLS = [
  'net.ipv4.vs.conntrack=1',
  'net.ipv4.vs.expire_nodest_conn=1',
  'net.ipv4.vs.expire_quiescent_template=1',
  'net.ipv4.ip_forward=1',
];
const has = (...settings: string[]) =>
  tamper(
    settings
      .map(setting => setting.split('='))
      .map(([name, value]) => `[ "$(sysctl -n ${name})" = ${value} ]`)
      .join(' && '),
  );
const timeouts = (...seconds: number[]) =>
  tamper(`ipvsadm -L --timeout | grep -qx 'Timeout (tcp tcpfin udp): ${seconds.join(' ')}'`);

export default scenario({
  name: "IPVS's sysctls and time-outs are set as configured, and those that are not configured are left as they are",
  why: "kube-proxy's ipvs mode: tcpTimeout, tcpFinTimeout and udpTimeout, where 0 keeps the kernel's; strictARP.",
  needs: ['ipvs'],
  config: { ipvs: { tcpTimeout: '2h', udpTimeout: '90s' } },
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])],
  steps: [
    has(...SYSCTLS, 'net.ipv4.conf.all.arp_ignore=0', 'net.ipv4.conf.all.arp_announce=0', 'net.ipv4.vs.sloppy_tcp=0'),
    timeouts(7200, 120, 90),
    tamper('sysctl -qw net.ipv4.vs.conntrack=0 net.ipv4.vs.expire_nodest_conn=0'),
    restartProxy('SIGTERM', { config: { ipvs: { tcpFinTimeout: '30s', strictARP: true, sloppyTCP: true } } }),
    has(...SYSCTLS, 'net.ipv4.conf.all.arp_ignore=1', 'net.ipv4.conf.all.arp_announce=2', 'net.ipv4.vs.sloppy_tcp=1'),
    timeouts(7200, 30, 90),
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
    tamper('sysctl -qw net.ipv4.conf.all.arp_ignore=0 net.ipv4.conf.all.arp_announce=0 net.ipv4.vs.sloppy_tcp=0'),
  ],
});
