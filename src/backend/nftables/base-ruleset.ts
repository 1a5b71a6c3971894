import { localSourceMatch, setMark, formatMark } from './rule-parts.ts';
import { learnRules } from './affinity-rules.ts';
import { L4_PROTOCOLS, NFT_FAMILY, REJECT_CHAIN, type Chain, type RulesetOptions } from './schema.ts';

/** Priorities as numbers: the names of nat priorities differ between versions of nft. */
const PRE_DNAT = -110;
const DSTNAT = -100;
const FILTER = 0;
/** Before IPVS takes what this host sends (at -98), and after addresses were rewritten. */
const BEFORE_IPVS = -99;
/** Where ClusterIPs are local addresses: others may have rules for these, and CNI's hostPorts are at all of them. */
const BEFORE_HOST_PORTS = -101;
const SRCNAT = 100;

/**
 * The chains that every table has, whatever the Services are. Base chains have kube-proxy's names, types, hooks and
 * priorities (reference: pkg/proxy/nftables/README.md); chains that others refer to come first.
 */
export function baseChains(options: RulesetOptions): readonly Chain[] {
  const ip = NFT_FAMILY[options.family];
  const vip = `${ip} daddr . meta l4proto . th dport`;
  const isIpvs = options.endpointsBy === 'ipvs';
  const isLocal = areClusterIPsLocal(options);
  return [
    { name: REJECT_CHAIN, rules: rejections(options) },
    { name: 'firewall-check', rules: [`${vip} @firewalled ${vip} . ${ip} saddr != @source-ranges drop`] },
    { name: 'availability-check', rules: [`${vip} vmap @unavailable`] },
    {
      name: 'nodeport-availability-check',
      rules: [
        ...withoutClusterIPs(options),
        `${nodePortMatch(options)} meta l4proto . th dport vmap @unavailable-nodeports`,
      ],
    },
    {
      name: 'cluster-ips-check',
      // What was sent to another address and rewritten may go to any port: IPVS has a virtual server there.
      rules: [
        ...(isIpvs ? ['ct status dnat return'] : []),
        ...rejections(options).map(rejection => `${ip} daddr @cluster-ips ${rejection}`),
        `${ip} daddr @service-cidrs drop`,
      ],
    },
    { name: 'dispatch', rules: dispatchRules(options) },
    { name: 'masquerading', rules: masqueradingRules(options) },
    { name: 'learn', rules: options.affinity === 'learnt' ? learnRules(options, L4_PROTOCOLS) : [] },
    base('nat-prerouting', 'nat', 'prerouting', isLocal ? BEFORE_HOST_PORTS : DSTNAT, destinationRules(options)),
    base('nat-output', 'nat', 'output', isLocal ? BEFORE_HOST_PORTS : DSTNAT, destinationRules(options)),
    // Clients are pinned after they got a real server, and before their address is masqueraded; on this host, where it comes in.
    base('nat-postrouting', 'nat', 'postrouting', SRCNAT, ['ct status dnat jump learn', 'jump masquerading']),
    base('nat-input', 'nat', 'input', SRCNAT, ['ct status dnat jump learn']),
    base('filter-prerouting-pre-dnat', 'filter', 'prerouting', PRE_DNAT, ['ct state new jump firewall-check']),
    base('filter-output-pre-dnat', 'filter', 'output', PRE_DNAT, ['ct state new jump firewall-check']),
    base('filter-input', 'filter', 'input', FILTER, [
      'ct state new jump nodeport-availability-check',
      'ct state new jump availability-check',
      // Where ClusterIPs are addresses of this host its own sockets would answer at them.
      ...(isLocal ? ['ct state new jump cluster-ips-check'] : []),
    ]),
    // A Service without endpoints gets its own verdict before the general one for ClusterIPs.
    base('filter-forward', 'filter', 'forward', FILTER, [
      'ct state new jump availability-check',
      'ct state new jump cluster-ips-check',
    ]),
    base('filter-output', 'filter', 'output', isIpvs ? BEFORE_IPVS : FILTER, [
      'ct state new jump availability-check',
      'ct state new jump cluster-ips-check',
    ]),
  ];
}

const base = (name: string, type: 'nat' | 'filter', hook: string, priority: number, rules: string[]): Chain => ({
  name,
  hook: { type, hook, priority },
  rules,
});

/**
 * Also for TCP an ICMP error, as kube-proxy sends it. But IPVS forgets the connections of endpoints that are gone, and what their clients send
 * next is new: only a reset ends a connection, and an ICMP error has its client wait.
 */
const rejections = ({ endpointsBy }: RulesetOptions): string[] =>
  endpointsBy === 'ipvs' ? ['reject with tcp reset', 'reject'] : ['reject'];

const areClusterIPsLocal = ({ endpointsBy, localClusterIPs }: RulesetOptions): boolean =>
  endpointsBy === 'ipvs' || localClusterIPs === true;

/** Also where ClusterIPs are local addresses no NodePort is at them. */
function withoutClusterIPs(options: RulesetOptions): string[] {
  const ip = NFT_FAMILY[options.family];
  return areClusterIPsLocal(options) ? [`${ip} daddr @cluster-ips return`, `${ip} daddr @service-cidrs return`] : [];
}

/** What goes to a ClusterIP stays as it is, and it is said so: an accept would leave it to the chains that come later. */
function destinationRules({ family, endpointsBy }: RulesetOptions): string[] {
  const address = `${NFT_FAMILY[family]} daddr`;
  return ['jump dispatch', ...(endpointsBy === 'ipvs' ? [`${address} @cluster-ips dnat to ${address}`] : [])];
}

/** NodePorts never work on loopback (kube-proxy's behaviour in nftables mode). */
function nodePortMatch({ family, nodePorts }: RulesetOptions): string {
  if (nodePorts === 'listed') return `${NFT_FAMILY[family]} daddr @nodeport-ips`;
  return `fib daddr type local ${family === 'ipv4' ? 'ip daddr != 127.0.0.0/8' : 'ip6 daddr != ::1'}`;
}

function dispatchRules(options: RulesetOptions): string[] {
  const ip = NFT_FAMILY[options.family];
  const offCluster = options.masqueradeAll ? '' : localSourceMatch(options, true);
  return [
    ...(offCluster === undefined
      ? []
      : [`${ip} daddr @cluster-ips ${offCluster}${offCluster && ' '}${setMark(options.masqueradeMark)}`]),
    `${ip} daddr . meta l4proto . th dport vmap @services`,
    ...withoutClusterIPs(options),
    `${nodePortMatch(options)} meta l4proto . th dport vmap @nodeports`,
  ];
}

/** The mark is cleared, so that a packet that comes by again (in a tunnel) is not masqueraded twice. */
function masqueradingRules({ family, masqueradeMark, endpointsBy, bridgeSubnets = [] }: RulesetOptions): string[] {
  const ip = NFT_FAMILY[family];
  const mark = formatMark(masqueradeMark);
  return [
    `meta mark & ${mark} != 0x00000000 meta mark set meta mark ^ ${mark} masquerade fully-random`,
    // Of what IPVS has rewritten, connection tracking does not say so.
    `${endpointsBy === 'ipvs' ? '' : 'ct status dnat '}${ip} saddr . ${ip} daddr . meta l4proto . th dport @hairpin masquerade fully-random`,
    // What one pod sends to another itself is left alone, where the bridge shows it to us at all.
    ...bridgeSubnets.map(
      subnet =>
        `${ip} saddr ${subnet} ${ip} daddr ${subnet} ct original ${ip} daddr != ${subnet} masquerade fully-random`,
    ),
  ];
}
