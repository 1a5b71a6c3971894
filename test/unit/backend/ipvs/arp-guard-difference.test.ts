import { describe, expect, it } from 'vitest';
import { arpGuardDifferences } from '../../../../src/backend/ipvs/arp-guard-difference.ts';
import { textOf } from '../../../../src/cli/format-difference.ts';

const own = { family: 'arp', table: 'kube-proxy' };
const RULE = [
  { match: { op: '==', left: { payload: { protocol: 'arp', field: 'operation' } }, right: 'request' } },
  { match: { op: '==', left: { payload: { protocol: 'arp', field: 'daddr ip' } }, right: '@service-ips' } },
  { drop: null },
];

/** What nft lists of encodeArpGuard(['10.96.0.0/16', '10.97.0.1/32']), but for what is another. */
function listing({
  elements = ['10.97.0.1'] as unknown[],
  rules = [RULE] as unknown[],
  policy = 'accept',
} = {}): string {
  const elem = [{ prefix: { addr: '10.96.0.0', len: 16 } }, ...elements];
  return JSON.stringify({
    nftables: [
      { metainfo: { version: '1.0.6' } },
      { table: { family: 'arp', name: 'kube-proxy', handle: 2 } },
      { set: { ...own, name: 'service-ips', type: 'ipv4_addr', flags: ['interval'], elem } },
      { chain: { ...own, name: 'input', type: 'filter', hook: 'input', prio: 0, policy } },
      ...rules.map(expr => ({ rule: { ...own, chain: 'input', expr } })),
    ],
  });
}

const CIDRS = ['10.96.0.0/16', '10.97.0.1/32'];
const told = (...args: Parameters<typeof arpGuardDifferences>): string =>
  [...textOf(arpGuardDifferences(...args))].join('');

describe('arpGuardDifferences', () => {
  it.each([
    { name: 'it is as it should be', listing: listing(), cidrs: CIDRS },
    { name: 'there is none and should be none', listing: undefined, cidrs: [] },
  ])('none, where $name', ({ listing: found, cidrs }) => {
    expect(told(found, cidrs)).toBe('');
  });

  it('all of it, where there is none', () => {
    expect(told(undefined, CIDRS)).toBe(`# table arp kube-proxy
+ table arp kube-proxy
+ set arp kube-proxy service-ips { typeof arp daddr ip; flags interval; }
+ chain arp kube-proxy input { type filter hook input priority 0; policy accept; }
+ rule arp kube-proxy input arp operation request arp daddr ip @service-ips drop
# this node
+ element arp kube-proxy service-ips { 10.96.0.0/16 }
+ element arp kube-proxy service-ips { 10.97.0.1 }
`);
  });

  it('the table, where there should be none', () => {
    expect(told(listing(), [])).toBe('# table arp kube-proxy\n- table arp kube-proxy\n');
  });

  it('what others have changed', () => {
    const found = listing({ elements: ['10.97.0.2'], rules: [[{ accept: null }], RULE], policy: 'drop' });
    expect(told(found, CIDRS)).toBe(`# table arp kube-proxy
- chain arp kube-proxy input { type filter hook input priority 0; policy drop; }
+ chain arp kube-proxy input { type filter hook input priority 0; policy accept; }
- rule arp kube-proxy input # a rule that sluice does not know
# this node
+ element arp kube-proxy service-ips { 10.97.0.1 }
- element arp kube-proxy service-ips { 10.97.0.2 }
`);
  });
});
