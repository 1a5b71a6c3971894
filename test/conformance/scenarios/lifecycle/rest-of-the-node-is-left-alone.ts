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
} from '../../builders.ts';
import { erase, file } from '../../operator.ts';

const [before, after] = [file('node-before'), file('node-after')];
/** Addresses, links, routes, sockets' neighbours: all of the node's network that is none of the proxy's business. */
const note = (path: string) =>
  tamper(
    `{ ip -o addr; ip -o link; ip rule; ip route show table all; ip -6 rule; nft list tables | grep -v kube-proxy; ` +
      `sysctl -a 2>/dev/null | grep -E '^net\\.(ipv4|ipv6|core|bridge)\\.|nf_conntrack_(max|buckets)'; } > '${path}'; test -s '${path}'`,
  );
const same = [note(after), tamper(`diff '${before}' '${after}'`)];

export default scenario({
  name: 'the proxy binds no address, opens no firewall and sets no sysctl but those of connection tracking',
  why: 'nftables mode does without: no route_localnet, no ip_forward, no ARP settings, no dummy device, and with conntrack.maxPerCore 0 the size of connection tracking is not touched (E-54).',
  needs: ['nftables'],
  start: false,
  objects: [
    service('web', {
      ip: ['10.96.0.10', 'fd00:10:96::10'],
      type: 'LoadBalancer',
      vips: ['203.0.113.20', '2001:db8:5::20'],
      externalIPs: ['203.0.113.30'],
      ports: [tcp(80, { nodePort: 30080 })],
    }),
    slice('web', ['pod-a']),
    slice('web', ['pod-a'], { family: 'v6' }),
  ],
  steps: [
    note(before),
    startProxy(),
    reaches('client', '203.0.113.20:80', 'pod-a'),
    reaches('client', `${NODE.v4}:30080`, 'pod-a'),
    fails('node', '127.0.0.1:30080', 'refused'),
    ...same,
    stopProxy(),
    runProxy(['--cleanup']),
    ...same,
    erase(before, after),
  ],
});
