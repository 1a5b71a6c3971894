import {
  fails,
  longConnection,
  NODE,
  reaches,
  runProxy,
  scenario,
  service,
  slice,
  startProxy,
  stopProxy,
  tamper,
  tcp,
  traffic,
} from '../../builders.ts';

const virtualServer = (address: string, ...endpoints: string[]) => [
  `-A -t ${address} -s rr`,
  ...endpoints.map(endpoint => `-a -t ${address} -r ${endpoint} -m -w 1`),
];

/** As kube-proxy leaves them: a Service that has gone meanwhile among them. */
const VIRTUAL_SERVERS = [
  ...virtualServer('10.96.0.10:80', '10.244.1.10:8080'),
  ...virtualServer('203.0.113.10:80', '10.244.1.10:8080'),
  ...virtualServer(`${NODE.v4}:30080`, '10.244.1.10:8080'),
  ...virtualServer('10.244.1.1:30080', '10.244.1.10:8080'),
  ...virtualServer('10.96.0.99:80', '10.244.1.10:8080'),
];
const FOREIGN = virtualServer(`${NODE.v4}:9999`, '10.244.1.10:8080');

const SETS = `create KUBE-CLUSTER-IP hash:ip,port
add KUBE-CLUSTER-IP 10.96.0.10,tcp:80
add KUBE-CLUSTER-IP 10.96.0.99,tcp:80
create KUBE-LOAD-BALANCER hash:ip,port
add KUBE-LOAD-BALANCER 203.0.113.10,tcp:80
create KUBE-NODE-PORT-TCP bitmap:port range 0-65535
add KUBE-NODE-PORT-TCP 30080
create KUBE-LOOP-BACK hash:ip,port,ip
add KUBE-LOOP-BACK 10.244.1.10,tcp:8080,10.244.1.10
create KUBE-IPVS-IPS hash:ip
add KUBE-IPVS-IPS 10.96.0.10
create administrators hash:ip
add administrators 192.0.2.1`;

/** The part of its rules that masquerades and that guards; and two of an administrator. */
const RULES = `*nat
:KUBE-SERVICES - [0:0]
:KUBE-MARK-MASQ - [0:0]
:KUBE-NODE-PORT - [0:0]
:KUBE-POSTROUTING - [0:0]
:mine - [0:0]
-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
-A POSTROUTING -s 192.0.2.0/24 -j mine
-A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
-A KUBE-NODE-PORT -p tcp -m set --match-set KUBE-NODE-PORT-TCP dst -j KUBE-MARK-MASQ
-A KUBE-SERVICES -m set --match-set KUBE-LOAD-BALANCER dst,dst -j KUBE-MARK-MASQ
-A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODE-PORT
-A KUBE-SERVICES -m set --match-set KUBE-CLUSTER-IP dst,dst -j ACCEPT
-A KUBE-POSTROUTING -m set --match-set KUBE-LOOP-BACK dst,dst,src -j MASQUERADE
-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
-A KUBE-POSTROUTING -j MASQUERADE --random-fully
COMMIT
*filter
:KUBE-IPVS-FILTER - [0:0]
:mine - [0:0]
-A INPUT -m comment --comment "kubernetes ipvs access filter" -j KUBE-IPVS-FILTER
-A FORWARD -s 192.0.2.0/24 -j mine
-A KUBE-IPVS-FILTER -m set --match-set KUBE-CLUSTER-IP dst,dst -j RETURN
-A KUBE-IPVS-FILTER -m conntrack --ctstate NEW -m set --match-set KUBE-IPVS-IPS dst -j REJECT
COMMIT`;

const here = (name: string, text: string) => `${name} <<'END'\n${text}\nEND`;
const kubeProxy = (...virtualServers: string[]) =>
  tamper(
    [
      'set -e',
      'sysctl -qw net.ipv4.vs.conntrack=1 net.ipv4.vs.expire_nodest_conn=1',
      here('ipset restore', SETS),
      here('iptables-nft-restore --noflush', RULES),
      'ip link add kube-ipvs0 type dummy',
      ...['10.96.0.10', '10.96.0.99', '203.0.113.10'].map(address => `ip addr add ${address}/32 dev kube-ipvs0`),
      here('ipvsadm -R', virtualServers.join('\n')),
    ].join('\n'),
  );
const forwardsByKubeProxy = [
  reaches('pod-b', '10.96.0.10:80', 'pod-a'),
  reaches('client', '203.0.113.10:80', 'pod-a'),
  reaches('client', `${NODE.v4}:30080`, 'pod-a'),
];
const forwards = [
  reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a']),
  reaches('client', '203.0.113.10:80', ['pod-a', 'remote-a']),
  reaches('client', `${NODE.v4}:30080`, ['pod-a', 'remote-a']),
];
/** What is not to be seen any more, soon: it goes when ours is in force. */
const goes = (what: string, ...patterns: string[]) =>
  tamper(
    `for try in 1 2 3 4 5 6 7 8 9 10; do ${what} | grep -q ${patterns.map(pattern => `-e '${pattern}'`).join(' ')} || exit 0; sleep 3; done; ${what}; exit 1`,
  );
const othersAreThere = tamper(
  [
    'iptables-nft-save | grep -q -- "-s 192.0.2.0/24 -j mine"',
    'ipset list -name | grep -qx administrators',
    `ipvsadm -Sn | grep -q -- "-t ${NODE.v4}:9999 -r 10.244.1.10:8080 -m -w 1"`,
  ].join(' && '),
);

export default scenario({
  name: "it takes the place of kube-proxy's mode ipvs without a gap, leaves nothing of it, and gives the place back",
  why: 'Its virtual servers, kube-ipvs0, ipsets and chains go when ours is in place; a connection by a virtual server that stays is kept. What others have made stays, and after --cleanup kube-proxy finds a node as if we had never been there.',
  needs: ['ipvs'],
  start: false,
  objects: [
    service('web', {
      ip: '10.96.0.10',
      type: 'LoadBalancer',
      vips: ['203.0.113.10'],
      ports: [tcp(80, { nodePort: 30080 })],
    }),
    slice('web', ['pod-a', 'remote-a']),
  ],
  steps: [
    kubeProxy(...VIRTUAL_SERVERS, ...FOREIGN),
    ...forwardsByKubeProxy,
    longConnection('open', { from: 'pod-b', to: '10.96.0.10:80' }),
    traffic.start('new', { from: 'pod-b', to: '10.96.0.10:80', period: 200 }),
    startProxy(),
    traffic.stop('new', { atLeast: 10 }),
    ...forwards,
    longConnection('open', { within: 0 }),
    goes('ip -o link', 'kube-ipvs0'),
    goes('iptables-nft-save', 'KUBE-'),
    goes('ipset list -name', 'KUBE-'),
    goes('ipvsadm -Sn', '203[.]0[.]113[.]', ':30080 ', '10[.]96[.]0[.]99:'),
    fails('pod-b', '10.96.0.99:80', ['timeout', 'unreachable']),
    ...forwards,
    longConnection('open', { within: 0 }),
    othersAreThere,
    stopProxy(),
    runProxy(['--cleanup']),
    tamper(
      '! ipvsadm -Sn | grep 10.96 && ! ip route show table local | grep 10.96 && ! nft list tables | grep kube-proxy',
    ),
    othersAreThere,
    tamper(
      'ipset destroy administrators; iptables-nft -F; iptables-nft -t nat -F; iptables-nft -X; iptables-nft -t nat -X',
    ),
    kubeProxy(...VIRTUAL_SERVERS),
    ...forwardsByKubeProxy,
  ],
});
