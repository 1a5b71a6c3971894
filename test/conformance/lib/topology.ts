// The network of one run, in namespaces of its own:
//
//   pod-a ──┐                      ┌── peer    (second node: remote-a, remote-b)
//   pod-b ──┴─ node ── eth-lan ── lan
//                                  ├── client  (off-cluster host)
//                                  └── gateway (lan itself)
//
// The gateway is everyone's default route and rejects all it gets. A packet to a service address that the proxy did
// not handle ends there, so the sender sees `unreachable`; it sees `timeout` only when the proxy dropped the packet
// and `refused` only when the proxy (or the host that got it) refused it.

import { attempt, run } from './exec.ts';
import type { Ended } from './exec.ts';
import {
  CLUSTER_CIDRS,
  GATEWAY,
  hostNamed,
  HOSTS,
  NAMESPACES,
  NODE,
  NODE_NAME,
  PEER,
  PEER_NAME,
  POD_CIDRS,
  POD_GATEWAY,
  SERVICE_CIDRS,
  VIP_CIDRS,
} from './hosts.ts';
import type { Namespace, Pair } from './hosts.ts';
import { newRunId, removeNamespaces } from './namespaces.ts';

/** A namespace of a run; `lan` is the wire between the others. */
type Place = Namespace | 'lan';

/** Sysctls for every namespace, then for those that forward. */
const COMMON = [
  ...['all', 'default'].flatMap(scope => [
    `net.ipv6.conf.${scope}.disable_ipv6=0`,
    `net.ipv6.conf.${scope}.accept_dad=0`,
    `net.ipv6.conf.${scope}.accept_ra=0`,
    `net.ipv4.conf.${scope}.rp_filter=0`,
    `net.ipv4.conf.${scope}.send_redirects=0`,
  ]),
  // Rejections must not be thinned out by the kernel's ICMP rate limits.
  'net.ipv4.icmp_ratelimit=0',
  'net.ipv6.icmp.ratelimit=0',
];
const FORWARDING = ['net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1'];
const FORWARDERS: ReadonlySet<Place> = new Set(['node', 'peer', 'lan']);
const BRIDGING = ['net.bridge.bridge-nf-call-iptables=0', 'net.bridge.bridge-nf-call-ip6tables=0'];

/** "Prohibited" rather than "host unreachable": it is the one code that UDP sockets report, too. */
const GATEWAY_RULES = `table inet gateway {
  chain forward { type filter hook forward priority filter; reject with icmpx type admin-prohibited; }
}`;

/** Lines of `ip -batch`; those for IPv6 begin with -6. */
type Batch = readonly string[];

const address = (link: string, { v4, v6 }: Pair, bits: Pair<number> = { v4: 24, v6: 64 }): Batch => [
  `addr add ${v4}/${bits.v4} dev ${link}`,
  `-6 addr add ${v6}/${bits.v6} dev ${link} nodad`,
];
const ALONE: Pair<number> = { v4: 32, v6: 128 };
const routes = (cidrs: Pair, via: Pair): Batch => [
  `route add ${cidrs.v4} via ${via.v4}`,
  `-6 route add ${cidrs.v6} via ${via.v6}`,
];
const defaults = (via: Pair): Batch => [`route add default via ${via.v4}`, `-6 route add default via ${via.v6}`];

function sysctlsOf(place: Place): string[] {
  const forwarding = FORWARDERS.has(place) ? FORWARDING : [];
  return [...COMMON, ...forwarding, ...(place === 'lan' ? BRIDGING : [])];
}

/** Removes the routes that make other addresses than its own those of the machine. */
const forgetLocal = (family: string): string =>
  `ip ${family} route show table local type local dev lo | sed 's/^local //' | while read -r address more; do ` +
  `case $address in 127.* | ::1) ;; *) ip ${family} route del local "$address" dev lo table local ;; esac; done`;

export class Topology {
  readonly id = newRunId();

  /** The name of one of the run's namespaces. */
  ns(place: Place): string {
    return `${this.id}-${place}`;
  }

  /** Arguments of `ip` that run a command inside a namespace. */
  inside(place: Place, ...command: string[]): string[] {
    return ['netns', 'exec', this.ns(place), ...command];
  }

  /** Runs a shell command inside a namespace; resolves whatever its exit status. */
  shell(place: Place, command: string): Promise<Ended> {
    return attempt('ip', this.inside(place, 'sh', '-c', command));
  }

  /** Makes the namespaces and the links, addresses and routes in them. */
  async create(): Promise<void> {
    for (const place of [...NAMESPACES, 'lan'] as const) {
      await run('ip', ['netns', 'add', this.ns(place)]);
      await run('ip', this.inside(place, 'sysctl', '-qe', ...sysctlsOf(place)));
      await this.#batch(place, ['link set lo up']);
    }
    await this.#lan();
    await this.#batch('node', [
      ...address('eth-lan', NODE),
      'link set eth-lan up',
      ...routes(POD_CIDRS[PEER_NAME], PEER),
      ...defaults(GATEWAY),
    ]);
    await this.#batch('peer', [
      ...address('eth-lan', PEER),
      'link set eth-lan up',
      ...['remote-a', 'remote-b'].flatMap(name => address('lo', hostNamed(name), ALONE)),
      ...routes(POD_CIDRS[NODE_NAME], NODE),
      ...defaults(GATEWAY),
    ]);
    const clients = Object.values(HOSTS).filter(host => host.ns === 'client');
    await this.#batch('client', [
      ...clients.flatMap(host => address('eth-lan', host)),
      'link set eth-lan up',
      ...[SERVICE_CIDRS, VIP_CIDRS, CLUSTER_CIDRS].flatMap(cidrs => routes(cidrs, NODE)),
      ...defaults(GATEWAY),
    ]);
    for (const name of ['pod-a', 'pod-b'] as const) await this.#pod(name);
  }

  async #lan(): Promise<void> {
    await this.#batch('lan', ['link add br0 type bridge', 'link set br0 type bridge mcast_snooping 0']);
    for (const name of ['node', 'peer', 'client'] as const) await this.#link('lan', name, { to: name, as: 'eth-lan' });
    await this.#batch('lan', [
      'link set node master br0 up',
      'link set peer master br0 up',
      'link set client master br0 up',
      'link set br0 up',
      ...address('br0', GATEWAY),
      ...routes(POD_CIDRS[NODE_NAME], NODE),
      ...routes(POD_CIDRS[PEER_NAME], PEER),
      'route add default dev br0',
      '-6 route add default dev br0',
    ]);
    await run('ip', this.inside('lan', 'nft', GATEWAY_RULES));
  }

  async #pod(name: 'pod-a' | 'pod-b'): Promise<void> {
    const link = `veth-${name}`;
    const host = hostNamed(name);
    await this.#link('node', link, { to: name, as: 'eth0' });
    await this.#batch('node', [
      ...address(link, POD_GATEWAY, ALONE),
      `link set ${link} up`,
      `route add ${host.v4}/32 dev ${link}`,
      `-6 route add ${host.v6}/128 dev ${link}`,
    ]);
    await this.#batch(name, [
      ...address('eth0', host, ALONE),
      'link set eth0 up',
      `route add ${POD_GATEWAY.v4}/32 dev eth0`,
      `route add default via ${POD_GATEWAY.v4} dev eth0`,
      `-6 route add ${POD_GATEWAY.v6}/128 dev eth0`,
      `-6 route add default via ${POD_GATEWAY.v6} dev eth0`,
    ]);
  }

  /** Links two namespaces by a pair of virtual Ethernet devices. */
  async #link(from: Place, device: string, { to, as }: { to: Place; as: string }): Promise<void> {
    const pair = ['link', 'add', device, 'type', 'veth', 'peer', 'name', as, 'netns', this.ns(to)];
    await run('ip', ['-n', this.ns(from), ...pair]);
  }

  /** Wipes from the node whatever a proxy may have left there. */
  async scrub({ legacy = false } = {}): Promise<void> {
    const iptables = ['iptables', 'ip6tables'].flatMap(tool => [`${tool}-legacy -F`, `${tool}-legacy -t nat -F`]);
    const commands = [
      'nft flush ruleset',
      'conntrack -F',
      ...['kube-ipvs0', 'nodelocaldns'].map(link => `ip link del ${link}`),
      'ip addr flush dev lo scope global',
      ...(legacy ? ['-4', '-6'].map(forgetLocal) : []),
      ...(legacy ? ['ipvsadm -C', 'ipvsadm --set 900 120 300', ...iptables, 'ipset -X'] : []),
    ];
    await this.shell('node', `{ ${commands.join('; ')}; } 2>/dev/null; true`);
  }

  /** Ends every process that is left in the namespaces of this run, then removes them. */
  async destroy(): Promise<void> {
    await removeNamespaces(this.id);
  }

  async #batch(place: Place, commands: Batch): Promise<void> {
    const v4 = commands.filter(command => !command.startsWith('-6 '));
    const v6 = commands.filter(command => command.startsWith('-6 ')).map(command => command.slice(3));
    const feed = (flags: readonly string[], lines: Batch) =>
      run('ip', [...flags, '-n', this.ns(place), '-batch', '-'], { input: `${lines.join('\n')}\n` });
    await feed([], v4);
    if (v6.length) await feed(['-6'], v6);
  }
}
