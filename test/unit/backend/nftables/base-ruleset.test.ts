import { describe, expect, it } from 'vitest';
import { baseChains } from '../../../../src/backend/nftables/base-ruleset.ts';
import type { RulesetOptions } from '../../../../src/backend/nftables/schema.ts';
import { rulesetOptions } from '../../../support/rulesets.ts';

const options = rulesetOptions();

const rulesOf = (chain: string, more: Partial<RulesetOptions> = {}): readonly string[] | undefined =>
  baseChains({ ...options, ...more }).find(({ name }) => name === chain)?.rules;

const VIP = 'ip daddr . meta l4proto . th dport';

describe('baseChains', () => {
  it("hooks in where kube-proxy does, under kube-proxy's names", () => {
    const hooked = baseChains(options).flatMap(({ name, hook }) =>
      hook ? [`${name} ${hook.type} ${hook.hook} ${hook.priority}`] : [],
    );
    expect(hooked).toEqual([
      'nat-prerouting nat prerouting -100',
      'nat-output nat output -100',
      'nat-postrouting nat postrouting 100',
      'nat-input nat input 100',
      'filter-prerouting-pre-dnat filter prerouting -110',
      'filter-output-pre-dnat filter output -110',
      'filter-input filter input 0',
      'filter-forward filter forward 0',
      'filter-output filter output 0',
    ]);
  });

  it('names a chain before the rules that lead to it', () => {
    const names = baseChains(options).map(({ name }) => name);
    const tooEarly = baseChains(options).flatMap(({ rules }, i) =>
      rules.filter(rule => {
        const target = /(?:goto|jump) (\S+)$/.exec(rule)?.[1];
        return target !== undefined && !names.slice(0, i).includes(target);
      }),
    );
    expect(tooEarly).toEqual([]);
  });

  it.each<{ name: string; options: Partial<RulesetOptions>; first: string | undefined }>([
    {
      name: 'pod CIDRs',
      options: {},
      first: 'ip daddr @cluster-ips ip saddr != @pod-cidrs meta mark set meta mark | 0x00004000',
    },
    {
      name: 'an interface',
      options: { localSource: { interfacePattern: 'veth*' } },
      first: 'ip daddr @cluster-ips iifname != "veth*" meta mark set meta mark | 0x00004000',
    },
    { name: 'nothing', options: { localSource: undefined }, first: undefined },
    {
      name: 'nothing, and masqueradeAll',
      options: { localSource: undefined, masqueradeAll: true },
      first: 'ip daddr @cluster-ips meta mark set meta mark | 0x00004000',
    },
    {
      name: 'pod CIDRs, and masqueradeAll',
      options: { masqueradeAll: true, masqueradeMark: 2 ** 31 },
      first: 'ip daddr @cluster-ips meta mark set meta mark | 0x80000000',
    },
  ])('off-cluster traffic to ClusterIPs where local pods are told by $name', ({ options, first }) => {
    expect(rulesOf('dispatch', options)).toEqual([
      ...(first === undefined ? [] : [first]),
      `${VIP} vmap @services`,
      'fib daddr type local ip daddr != 127.0.0.0/8 meta l4proto . th dport vmap @nodeports',
    ]);
  });

  it.each([
    { family: 'ipv4', nodePorts: 'all', match: 'fib daddr type local ip daddr != 127.0.0.0/8' },
    { family: 'ipv6', nodePorts: 'all', match: 'fib daddr type local ip6 daddr != ::1' },
    { family: 'ipv4', nodePorts: 'listed', match: 'ip daddr @nodeport-ips' },
    { family: 'ipv6', nodePorts: 'listed', match: 'ip6 daddr @nodeport-ips' },
  ] as const)('NodePorts in $family, $nodePorts: the same where they work and where they do not', row => {
    const { match, ...more } = row;
    expect(rulesOf('dispatch', more)?.at(-1)).toBe(`${match} meta l4proto . th dport vmap @nodeports`);
    expect(rulesOf('nodeport-availability-check', more)).toEqual([
      `${match} meta l4proto . th dport vmap @unavailable-nodeports`,
    ]);
  });

  it('a Service without endpoints gets its verdict before ClusterIPs do', () => {
    const both = ['ct state new jump availability-check', 'ct state new jump cluster-ips-check'];
    expect(rulesOf('filter-forward')).toEqual(both);
    expect(rulesOf('filter-output')).toEqual(both);
    expect(rulesOf('filter-input')).toEqual([
      'ct state new jump nodeport-availability-check',
      'ct state new jump availability-check',
    ]);
    expect(rulesOf('cluster-ips-check')).toEqual(['ip daddr @cluster-ips reject', 'ip daddr @service-cidrs drop']);
  });

  it('resets what IPVS has forgotten, since an ICMP error ends no connection', () => {
    const ipvs = { endpointsBy: 'ipvs' } as const;
    expect([rulesOf('reject-chain'), rulesOf('reject-chain', ipvs)]).toEqual([
      ['reject'],
      ['reject with tcp reset', 'reject'],
    ]);
  });

  it('while ClusterIPs are local addresses, sockets and NodePorts of this host do not answer at them, nor hostPorts of others', () => {
    const local = { localClusterIPs: true } as const;
    expect(rulesOf('filter-input', local)?.at(-1)).toBe('ct state new jump cluster-ips-check');
    expect(rulesOf('dispatch', local)?.slice(-3)).toEqual([
      'ip daddr @cluster-ips return',
      'ip daddr @service-cidrs return',
      'fib daddr type local ip daddr != 127.0.0.0/8 meta l4proto . th dport vmap @nodeports',
    ]);
    const priorities = (more: Partial<RulesetOptions>): unknown =>
      baseChains({ ...options, ...more })
        .filter(({ hook }) => hook?.type === 'nat' && hook.priority < 0)
        .map(({ name, hook, rules }) => [name, hook?.priority, rules.length]);
    expect(priorities({})).toEqual([
      ['nat-prerouting', -100, 1],
      ['nat-output', -100, 1],
    ]);
    expect(priorities(local)).toEqual([
      ['nat-prerouting', -101, 1],
      ['nat-output', -101, 1],
    ]);
    expect(priorities({ endpointsBy: 'ipvs' })).toEqual([
      ['nat-prerouting', -101, 2],
      ['nat-output', -101, 2],
    ]);
    // What was translated goes to an endpoint, and to no virtual server at a ClusterIP.
    expect(rulesOf('cluster-ips-check', local)).toEqual(rulesOf('cluster-ips-check'));
  });

  it('clients are pinned before they are masqueraded, if the kernel learns at all', () => {
    expect(rulesOf('nat-postrouting')).toEqual(['ct status dnat jump learn', 'jump masquerading']);
    expect(rulesOf('learn')).toHaveLength(6);
    expect(rulesOf('learn', { affinity: 'hashed' })).toEqual([]);
  });

  it('the mark is cleared where it is acted on', () => {
    expect(rulesOf('masquerading', { family: 'ipv6', masqueradeMark: 1 })).toEqual([
      'meta mark & 0x00000001 != 0x00000000 meta mark set meta mark ^ 0x00000001 masquerade fully-random',
      'ct status dnat ip6 saddr . ip6 daddr . meta l4proto . th dport @hairpin masquerade fully-random',
    ]);
  });

  it('source ranges are checked before DNAT, where the address is still the one that was dialled', () => {
    expect(rulesOf('firewall-check')).toEqual([`${VIP} @firewalled ${VIP} . ip saddr != @source-ranges drop`]);
    expect(rulesOf('filter-prerouting-pre-dnat')).toEqual(['ct state new jump firewall-check']);
  });
});

describe('baseChains where IPVS chooses endpoints', () => {
  const ipvs = { endpointsBy: 'ipvs' } as const;

  it('turn away in time what is for no virtual server: ClusterIPs are addresses of this host', () => {
    const output = baseChains({ ...options, ...ipvs }).find(({ name }) => name === 'filter-output');
    expect(output?.hook?.priority).toBe(-99);
    expect(rulesOf('filter-input', ipvs)).toEqual([
      'ct state new jump nodeport-availability-check',
      'ct state new jump availability-check',
      'ct state new jump cluster-ips-check',
    ]);
    expect(rulesOf('cluster-ips-check', ipvs)).toEqual([
      'ct status dnat return',
      'ip daddr @cluster-ips reject with tcp reset',
      'ip daddr @cluster-ips reject',
      'ip daddr @service-cidrs drop',
    ]);
  });

  it('have no NodePorts at ClusterIPs', () => {
    const passedOver = ['ip daddr @cluster-ips return', 'ip daddr @service-cidrs return'];
    expect(rulesOf('dispatch', ipvs)).toEqual([
      'ip daddr @cluster-ips ip saddr != @pod-cidrs meta mark set meta mark | 0x00004000',
      `${VIP} vmap @services`,
      ...passedOver,
      'fib daddr type local ip daddr != 127.0.0.0/8 meta l4proto . th dport vmap @nodeports',
    ]);
    expect(rulesOf('nodeport-availability-check', ipvs)?.slice(0, 2)).toEqual(passedOver);
  });

  it('masquerade a hairpin whose address nft has not rewritten', () => {
    expect(rulesOf('masquerading', ipvs)?.at(-1)).toBe(
      'ip saddr . ip daddr . meta l4proto . th dport @hairpin masquerade fully-random',
    );
  });
});
