import { fails, reaches, scenario, service, slice, startProxy, tamper, traffic } from '../../builders.ts';

/** The table of kube-proxy 1.31 to 1.33: base chains with the names of today's, at other priorities. */
const LEFT = `
add table ip kube-proxy
add chain ip kube-proxy nat-prerouting { type nat hook prerouting priority -100 ; }
add chain ip kube-proxy filter-prerouting { type filter hook prerouting priority -110 ; }
add chain ip kube-proxy filter-input { type filter hook input priority -110 ; }
add chain ip kube-proxy filter-forward { type filter hook forward priority -110 ; }
add chain ip kube-proxy filter-output { type filter hook output priority -110 ; }
add rule ip kube-proxy nat-prerouting ip daddr 10.96.0.10 tcp dport 80 dnat to 10.244.1.10:8080
add rule ip kube-proxy filter-forward ct state new ip daddr 10.96.0.11 drop`;

export default scenario({
  name: "sluice takes the place of an older kube-proxy's rules without a gap",
  why: 'The kernel refuses to change the priority of a base chain (E-22), so those that have another one must be deleted and made anew in the same transaction, as kube-proxy does at its own upgrades.',
  needs: ['nftables'],
  start: false,
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a']), service('empty', { ip: '10.96.0.11' })],
  steps: [
    tamper(`nft -f - <<'END'\n${LEFT}\nEND`),
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
    traffic.start('new', { from: 'pod-b', to: '10.96.0.10:80', period: 5 }),
    startProxy(),
    traffic.stop('new', { atLeast: 20 }),
    fails('pod-b', '10.96.0.11:80', 'refused'),
    reaches('node', '10.96.0.10:80', 'pod-a'),
  ],
});
