import {
  apply,
  longConnection,
  reaches,
  restartProxy,
  runBeside,
  scenario,
  service,
  settle,
  slice,
  tamper,
} from '../../builders.ts';

const same = runBeside(['diff'], { prints: '', within: 60 });
const route = 'ip route add local 10.96.0.0/16 dev lo table local proto 107 metric 10700';

export default scenario({
  name: 'diff compares virtual servers, routes and the guard against ARP, too; what drains is no difference',
  why: 'In mode ipvs more than the tables of nft can be changed by others, and nobody tells of it before the next comparison.',
  needs: ['ipvs'],
  config: {
    ipvs: { syncPeriod: '20m', drainTimeout: '10m', serviceCIDRs: ['10.96.0.0/16'] },
    sluice: { monitorTables: false, verifyPeriod: '20m' },
  },
  objects: [
    service('web', { ip: '10.96.0.10', externalIPs: ['203.0.113.20'] }),
    slice('web', ['pod-a', 'remote-a']),
    service('other', { ip: '10.96.0.20' }),
    slice('other', ['pod-b']),
  ],
  steps: [
    reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a']),
    longConnection('kept', { from: 'pod-b', to: '10.96.0.20:80' }),
    same,
    apply(slice('web', ['remote-a'])),
    settle(),
    same,
    tamper(`ipvsadm -E -t 10.96.0.20:80 -s sh
ipvsadm -A -t 10.96.99.99:80 -s rr
ipvsadm -A -t 192.0.2.77:80 -s rr
nft delete element ip kube-proxy services { 10.96.0.20 . tcp . 80 }
nft delete element arp kube-proxy service-ips { 10.96.0.0/16 }
ip route del local 10.96.0.0/16 dev lo table local proto 107`),
    runBeside(['diff'], {
      exit: 1,
      within: 60,
      prints: `# Service default/other
+ element ip kube-proxy services { 10.96.0.20 . tcp . 80 : return }
- ipvsadm -A -t 10.96.0.20:80 -s sh
+ ipvsadm -A -t 10.96.0.20:80 -s rr
# of no Service
- ipvsadm -A -t 10.96.99.99:80 -s rr
# this node
+ element arp kube-proxy service-ips { 10.96.0.0/16 }
# routes to ClusterIPs
+ ${route} src 192.168.100.1
`,
    }),
    restartProxy(),
    reaches('pod-b', '10.96.0.10:80', 'remote-a'),
    same,
    longConnection('kept'),
    tamper('ipvsadm -D -t 192.0.2.77:80'),
  ],
});
