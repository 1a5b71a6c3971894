import { describe, expect, it } from 'vitest';
import {
  learningChain,
  learningName,
  learnRules,
  parseLearningName,
  parseStickySuffix,
  pinKey,
  pinRule,
  stickySuffix,
  type Learning,
  type Sticky,
} from '../../../../src/backend/nftables/affinity-rules.ts';
import { rulesetOptions } from '../../../support/rulesets.ts';

const options = rulesetOptions();
const web: Sticky = { clusterIP: '10.96.0.10', port: 80, sharesLocal: false };

describe('stickySuffix', () => {
  it.each<{ sticky: Sticky; suffix: string }>([
    { sticky: web, suffix: '-s80-10.96.0.10' },
    { sticky: { ...web, sharesLocal: true }, suffix: '-l80-10.96.0.10' },
    { sticky: { clusterIP: 'fd00:10:96::10', port: 65_535, sharesLocal: false }, suffix: '-s65535-fd00_10_96__10' },
  ])('$suffix, and back', ({ sticky, suffix }) => {
    expect(stickySuffix(sticky)).toBe(suffix);
    expect(parseStickySuffix(suffix.slice(1))).toEqual(sticky);
  });
});

describe('pinKey', () => {
  it.each([
    { clusterIP: '10.96.0.10', port: 80, policy: 'cluster', key: [2656, 10, 80] },
    { clusterIP: '10.96.0.10', port: 80, policy: 'local', key: [2656, 10, 65_616] },
    { clusterIP: '255.255.255.255', port: 65_535, policy: 'local', key: [65_535, 65_535, 131_071] },
    { clusterIP: 'fd00:10:96::10', port: 80, policy: 'cluster', key: [161_184_278, 1_923_106_012, 80] },
  ] as const)('of $clusterIP:$port, policy $policy', ({ clusterIP, port, policy, key }) => {
    expect(pinKey(clusterIP, port, policy)).toEqual(key);
  });

  it('tells 100,000 IPv6 ClusterIPs apart, by numbers that nft does not print as negative ones', () => {
    const keys = new Set<string>();
    for (let i = 1; i <= 100_000; i += 1) {
      const [high, low] = pinKey(`fd00:10:96::${i.toString(16)}`, 80, 'cluster');
      if (high < 0 || high >= 2 ** 31 || low < 0 || low >= 2 ** 31) throw new Error(`${i}: ${high}, ${low}`);
      keys.add(`${high} ${low}`);
    }
    expect(keys.size).toBe(100_000);
  });
});

describe('pinRule', () => {
  it.each([
    {
      family: 'ipv4',
      sticky: web,
      rule: 'meta l4proto tcp dnat ip to numgen random mod 1 offset 2656 . numgen random mod 1 offset 10 . numgen random mod 1 offset 65616 . ip saddr map @affinity-tcp',
    },
    {
      family: 'ipv4',
      sticky: { ...web, clusterIP: '0.0.0.10' },
      rule: 'meta l4proto tcp dnat ip to numgen random mod 1 . numgen random mod 1 offset 10 . numgen random mod 1 offset 65616 . ip saddr map @affinity-tcp',
    },
    {
      family: 'ipv6',
      sticky: { ...web, clusterIP: 'fd00:10:96::10' },
      rule:
        'meta l4proto tcp dnat to numgen random mod 1 offset 161184278 . numgen random mod 1 offset 1923106012 . numgen random mod 1 offset 65616 . jhash ip6 saddr mod 2147483647 seed 0x1 map @affinity-address-tcp' +
        ' : numgen random mod 1 offset 161184278 . numgen random mod 1 offset 1923106012 . numgen random mod 1 offset 65616 . jhash ip6 saddr mod 2147483647 seed 0x1 map @affinity-port-tcp',
    },
  ] as const)('of $sticky.clusterIP', ({ family, sticky, rule }) => {
    expect(pinRule(family, 'tcp', sticky, 'local')).toBe(rule);
  });
});

const learning = (more: Partial<Learning> = {}): Learning => ({
  kind: 'cluster',
  protocol: 'tcp',
  timeoutSeconds: 10_800,
  sticky: web,
  ...more,
});
const pinned = (low: number): string =>
  `meta l4proto tcp update @affinity-tcp { numgen random mod 1 offset 2656 . numgen random mod 1 offset 10 . numgen random mod 1 offset ${low} . ct original ip saddr timeout 10800s : ip daddr . tcp dport }`;

describe('learningChain', () => {
  it.each([
    { kind: 'cluster', rules: [pinned(80)] },
    { kind: 'internal', rules: [pinned(65_616)] },
  ] as const)('$kind: one rule, in need of no other chain', ({ kind, rules }) => {
    const name = `learn-${kind}-tcp-10800-s80-10.96.0.10`;
    expect(learningName(learning({ kind }))).toBe(name);
    expect(learningChain(learning({ kind }), options)).toEqual({ chain: { name, rules }, needs: [] });
    expect(parseLearningName(name)).toEqual(learning({ kind }));
  });

  const cluster = 'learn-cluster-tcp-10800-s80-10.96.0.10';
  const short = `fib saddr type local goto ${cluster}`;
  it.each([
    { localSource: 'pod-cidrs', rules: [`ip saddr @pod-cidrs goto ${cluster}`, short, pinned(65_616)] },
    { localSource: { interfacePattern: 'veth*' }, rules: [`iifname "veth*" goto ${cluster}`, short, pinned(65_616)] },
    { localSource: undefined, rules: [short, pinned(65_616)] },
  ] as const)('local, with pods told by $localSource: who took the short cut is pinned under policy Cluster', row => {
    const { localSource, rules } = row;
    expect(learningChain(learning({ kind: 'local' }), { ...options, localSource })).toEqual({
      chain: { name: 'learn-local-tcp-10800-s80-10.96.0.10', rules },
      needs: [cluster],
    });
  });

  it('is of its family and protocol', () => {
    const sticky = { clusterIP: 'fd00:10:96::10', port: 53, sharesLocal: true };
    const { chain } = learningChain(learning({ protocol: 'udp', sticky }), { ...options, family: 'ipv6' });
    expect(chain.name).toBe('learn-cluster-udp-10800-l53-fd00_10_96__10');
    expect(parseLearningName(chain.name)).toEqual(learning({ protocol: 'udp', sticky }));
    expect(chain.rules).toEqual([
      expect.stringMatching(
        /^meta l4proto udp update @affinity-address-udp \{ .* \. jhash ip6 saddr [^:]* timeout 10800s : ip6 daddr \} update @affinity-port-udp \{ .* \. jhash ip6 saddr [^:]* timeout 10800s : udp dport \}$/,
      ),
    ]);
  });
});

describe('parseLearningName knows no', () => {
  it.each([
    '',
    'learn',
    'learn-cluster-tcp-10800',
    'learn-cluster-icmp-10800-s80-10.96.0.10',
    'learn-external-tcp-10800-s80-10.96.0.10',
    'learn-cluster-tcp--s80-10.96.0.10',
    'learn-cluster-tcp-10800-x80-10.96.0.10',
    'learn-cluster-tcp-10800-s80-10.96.0.10 ',
    'cluster-tcp-3-s80-10.96.0.10',
  ])('%j', name => {
    expect(parseLearningName(name)).toBeUndefined();
  });
});

describe('learnRules', () => {
  it('looks addresses up before NodePorts, by protocol', () => {
    const rules = learnRules({ ...options, family: 'ipv6' }, ['tcp', 'sctp']);
    expect(rules).toEqual(
      ['tcp', 'sctp'].flatMap(l4 => [
        `meta l4proto ${l4} ct original ip6 daddr . meta l4proto . ct original proto-dst vmap @affinity-services`,
        `meta l4proto ${l4} ct original ip6 daddr @nodeport-ips meta l4proto . ct original proto-dst vmap @affinity-nodeports`,
      ]),
    );
  });
});
