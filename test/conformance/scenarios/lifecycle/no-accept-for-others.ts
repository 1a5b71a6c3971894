import { fails, healthCheck, NODE, reaches, scenario, service, slice, tamper, tcp } from '../../builders.ts';

const guard = (rule: string) =>
  tamper(
    `nft 'add table inet guard; add chain inet guard f { type filter hook forward priority 10; }; flush chain inet guard f; add rule inet guard f ${rule} drop'`,
  );

export default scenario({
  name: "what somebody else's firewall drops stays dropped",
  why: 'nftables/README.md and source behaviour: the proxy never accepts traffic on behalf of a firewall, neither Service traffic nor established connections.',
  needs: ['nftables'],
  objects: [
    service('web', {
      ip: '10.96.0.10',
      type: 'LoadBalancer',
      vips: ['203.0.113.20'],
      externalTrafficPolicy: 'Local',
      healthCheckNodePort: 32080,
      ports: [tcp(80, { nodePort: 30080 })],
    }),
    slice('web', ['pod-a']),
  ],
  steps: [
    reaches('client', '203.0.113.20:80', 'pod-a'),
    guard('ip daddr 10.244.1.10 ip saddr 192.168.100.0/24'),
    fails('client', '203.0.113.20:80', 'timeout', { within: 0 }),
    fails('client', `${NODE.v4}:30080`, 'timeout', { within: 0 }),
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
    guard('ct original ip daddr 10.96.0.10'),
    fails('pod-b', '10.96.0.10:80', 'timeout', { within: 0 }),
    reaches('client', '203.0.113.20:80', 'pod-a', { source: 'preserved' }),
    tamper(
      "nft 'add table inet guard; add chain inet guard i { type filter hook input priority 10; }; add rule inet guard i tcp dport 32080 drop'",
    ),
    healthCheck(32080, { error: 'timeout' }, { within: 0 }),
  ],
});
