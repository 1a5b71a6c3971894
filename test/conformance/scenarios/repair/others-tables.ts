import { metric, reaches, scenario, service, settle, slice, tamper } from '../../builders.ts';
import { nft } from '../../foreign-writer.ts';

const FOREIGN = [
  'add table inet firewall',
  'add set inet firewall blocked { type ipv4_addr; }',
  'add chain inet firewall incoming { type filter hook input priority 0; }',
  'add rule inet firewall incoming ip saddr @blocked drop',
  'add table ip6 firewall',
  'add table ip firewall { flags dormant; }',
  'add table bridge kube-proxy',
];

export default scenario({
  name: 'tables of others are left alone, and what happens in them is nobody’s business',
  why: 'Other programs change their tables thousands of times a second; a proxy that looked at each change would do nothing else.',
  needs: ['nftables'],
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])],
  steps: [
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
    nft(...FOREIGN),
    tamper(
      'for i in $(seq 1 100); do nft "add element inet firewall blocked { 198.51.100.$i }; add set inet firewall kube-proxy { type ipv4_addr; }; delete set inet firewall kube-proxy"; done',
    ),
    tamper(
      'nft list table inet firewall > /tmp/conformance-$$; grep -q 198.51.100.100 /tmp/conformance-$$; rm /tmp/conformance-$$',
    ),
    settle(),
    metric('sluice_foreign_transactions_total', '==', 0),
    // A change of ours in between: a repair, too, leaves them alone.
    nft('flush chain ip kube-proxy nat-prerouting'),
    reaches('pod-b', '10.96.0.10:80', 'pod-a', { within: 1 }),
    metric('sluice_foreign_transactions_total', '==', 1),
    tamper('nft list set inet firewall blocked | grep -q 198.51.100.100'),
  ],
});
