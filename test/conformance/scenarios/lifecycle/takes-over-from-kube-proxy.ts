import {
  fails,
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

/** What kube-proxy leaves: objects of our names with other rules, a base chain of an older release, a Service that has gone. */
const LEFT = `
add table ip kube-proxy { comment "rules for kube-proxy" ; }
add table ip6 kube-proxy
add chain ip kube-proxy nat-prerouting { type nat hook prerouting priority -100 ; }
add chain ip kube-proxy nat-output { type nat hook output priority -100 ; }
add chain ip kube-proxy nat-postrouting { type nat hook postrouting priority 100 ; }
add chain ip kube-proxy filter-forward { type filter hook forward priority 0 ; }
add chain ip kube-proxy filter-output-post-dnat { type filter hook output priority -90 ; }
add chain ip kube-proxy masquerading
add chain ip kube-proxy mark-for-masquerade
add chain ip kube-proxy services
add chain ip kube-proxy cluster-ips-check
add chain ip kube-proxy service-ULMVA6XW-default/web/tcp/
add set ip kube-proxy cluster-ips { type ipv4_addr ; comment "Active ClusterIPs" ; }
add set ip kube-proxy nodeport-ips { type ipv4_addr ; }
add map ip kube-proxy service-ips { type ipv4_addr . inet_proto . inet_service : verdict ; }
add map ip kube-proxy service-nodeports { type inet_proto . inet_service : verdict ; }
add map ip kube-proxy no-endpoint-services { type ipv4_addr . inet_proto . inet_service : verdict ; }
add rule ip kube-proxy mark-for-masquerade mark set mark or 0x4000
add rule ip kube-proxy masquerading mark & 0x4000 != 0 mark set mark ^ 0x4000 masquerade fully-random
add rule ip kube-proxy nat-prerouting jump services
add rule ip kube-proxy nat-output jump services
add rule ip kube-proxy nat-postrouting jump masquerading
add rule ip kube-proxy filter-forward ct state new jump cluster-ips-check
add rule ip kube-proxy cluster-ips-check ip daddr @cluster-ips reject
add rule ip kube-proxy filter-output-post-dnat ip daddr 10.244.0.0/16 drop
add rule ip kube-proxy services ip daddr . meta l4proto . th dport vmap @service-ips
add rule ip kube-proxy service-ULMVA6XW-default/web/tcp/ meta l4proto tcp dnat to 10.244.1.10:8080
add element ip kube-proxy cluster-ips { 10.96.0.10, 10.96.0.99 }
add element ip kube-proxy service-ips { 10.96.0.10 . tcp . 80 comment "default/web" : goto service-ULMVA6XW-default/web/tcp/, 10.96.0.99 . tcp . 80 : goto service-ULMVA6XW-default/web/tcp/ }`;

export default scenario({
  name: "sluice takes the place of kube-proxy's rules without a gap, and leaves none of them",
  why: "The table has kube-proxy's name on purpose: neither is beside the other. What it left there has to go, a base chain included that no release has any more; --cleanup removes all.",
  needs: ['nftables'],
  start: false,
  objects: [
    service('web', { ip: '10.96.0.10', type: 'NodePort', ports: [tcp(80, { nodePort: 30080 })] }),
    slice('web', ['pod-a']),
  ],
  steps: [
    tamper(`nft -f - <<'END'\n${LEFT}\nEND`),
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
    reaches('pod-b', '10.96.0.99:80', 'pod-a'),
    traffic.start('new', { from: 'pod-b', to: '10.96.0.10:80', period: 5 }),
    startProxy(),
    traffic.stop('new', { atLeast: 20 }),
    fails('pod-b', '10.96.0.99:80', 'unreachable'),
    reaches('node', '10.96.0.10:80', 'pod-a'),
    reaches('client', `${NODE.v4}:30080`, 'pod-a', { source: 'masqueraded' }),
    tamper('! nft list table ip kube-proxy | grep -q -e mark-for-masquerade -e post-dnat -e service-ips -e ULMVA6XW'),
    stopProxy(),
    runProxy(['--cleanup']),
    tamper('! nft list tables | grep -q kube-proxy'),
    fails('pod-b', '10.96.0.10:80', 'unreachable'),
  ],
});
