import { describe, expect, it } from 'vitest';
import { baseChains } from '../../../../src/backend/nftables/base-ruleset.ts';
import { DesiredTable } from '../../../../src/backend/nftables/desired-table.ts';
import { ruleText } from '../../../../src/backend/nftables/rule-text.ts';
import { recordedRules } from './recorded/read-recording.ts';
import { rulesetOptions } from '../../../support/rulesets.ts';

const RULES = recordedRules();

describe('ruleText of what nft printed', () => {
  it.each(RULES)('$nft: $text', ({ text, expr }) => {
    expect(ruleText(expr)).toBe(text);
  });
});

/** A rule without what differs from one Service to the next. */
const kindOf = (rule: string): string =>
  rule
    .replaceAll(/\b(tcp|udp|sctp)\b/g, 'L4')
    .replaceAll(/\b(ip6?)\b/g, 'IP')
    .replaceAll(/"[^"]*"/g, 'INTERFACE')
    .replaceAll(/0x[0-9a-f]{8}/g, 'MARK')
    .replaceAll(/ offset \d+/g, ' offset N')
    .replaceAll(/\bmod \d+/g, 'mod N')
    .replaceAll(/timeout \d+/g, 'timeout N')
    .replaceAll(/(goto|jump) (nodeport-)?(cluster|external|internal|learn)-\S+/g, '$1 SHAPE');

describe('recorded rules', () => {
  const chainNames = ['tcp', 'udp', 'sctp'].flatMap(l4 => [
    `local-${l4}-3-2`,
    `internal-${l4}-1`,
    `nodeport-local-${l4}-2-0`,
    `cluster-${l4}-3-hash`,
    `local-${l4}-3-2-l80-10.96.0.10`,
    `internal-${l4}-1-s53-10.96.0.10`,
    `learn-local-${l4}-10800-s80-10.96.0.10`,
  ]);
  const variants = (['pod-cidrs', { interfacePattern: 'veth*' }, undefined] as const).flatMap(localSource =>
    (['all', 'listed'] as const).map(nodePorts => rulesetOptions({ localSource, nodePorts })),
  );
  const written = variants.flatMap(options =>
    [...baseChains(options), ...new DesiredTable(options).chainsOf(chainNames)].flatMap(({ rules }) => rules),
  );

  it.each(['1.0.6', '1.1.3'])('of nft %s are of every kind that is written', nft => {
    const known = new Set(RULES.filter(rule => rule.nft.includes(nft)).map(({ text }) => kindOf(text)));
    expect([...new Set(written.map(kindOf))].filter(kind => !known.has(kind))).toEqual([]);
  });
});

describe('ruleText has no text for', () => {
  const saddr = { payload: { protocol: 'ip', field: 'saddr' } };
  const mark = { meta: { key: 'mark' } };
  const cases: readonly { readonly name: string; readonly expr: unknown }[] = [
    { name: 'what is no list', expr: undefined },
    { name: 'a statement that is null', expr: [null] },
    { name: 'an empty statement', expr: [{}] },
    { name: 'a counter', expr: [{ counter: { packets: 1, bytes: 2 } }] },
    { name: 'a counter behind a rule of ours', expr: [{ jump: { target: 'dispatch' } }, { counter: null }] },
    { name: 'a log statement', expr: [{ log: { prefix: 'x' } }] },
    { name: 'a jump without a target', expr: [{ jump: null }] },
    { name: 'a target that is a number', expr: [{ goto: { target: 7 } }] },
    { name: 'a comparison by size', expr: [{ match: { op: '<', left: saddr, right: '10.0.0.1' } }] },
    { name: 'a set without a name', expr: [{ match: { op: '==', left: saddr, right: { set: ['10.0.0.1'] } } }] },
    { name: 'an expression that is not known', expr: [{ match: { op: '==', left: { socket: {} }, right: 1 } }] },
    { name: 'a match of nothing', expr: [{ match: null }] },
    { name: 'a plain masquerade', expr: [{ masquerade: null }] },
    { name: 'a masquerade to ports', expr: [{ masquerade: { port: 1024 } }] },
    { name: 'another rejection', expr: [{ reject: { type: 'icmp', expr: 'host-unreachable' } }] },
    { name: 'a dnat to a constant without a port', expr: [{ dnat: { addr: '10.0.0.1' } }] },
    { name: 'a dnat to a constant', expr: [{ dnat: { family: 'ip', addr: '10.0.0.1', port: 80 } }] },
    {
      name: 'a dnat with a port besides the map',
      expr: [{ dnat: { family: 'ip', addr: { map: { key: saddr, data: '@x' } }, port: 80 } }],
    },
    { name: 'an anonymous map', expr: [{ vmap: { key: saddr, data: { set: [['10.0.0.1', { drop: null }]] } } }] },
    { name: 'a mark that is overwritten', expr: [{ mangle: { key: mark, value: 1 } }] },
    { name: 'a mark that is shifted', expr: [{ mangle: { key: mark, value: { '<<': [mark, 1] } } }] },
    { name: 'a mark joined with text', expr: [{ mangle: { key: mark, value: { '|': [mark, 'x'] } } }] },
    { name: 'a set that is updated', expr: [{ set: { op: 'add', elem: saddr, set: '@x' } }] },
    { name: 'a map statement without a timeout', expr: [{ map: { op: 'update', elem: saddr, map: '@x' } }] },
  ];
  it.each(cases)('$name', ({ expr }) => {
    expect(ruleText(expr)).toBeUndefined();
  });
});

describe('ruleText', () => {
  it.each([
    ['1d', '86400s'],
    ['23h59m59s', '86399s'],
    ['1m', '60s'],
    ['1s', '1s'],
  ])('reads the time %s, as nft 1.0.6 prints it', (time, seconds) => {
    const rule = (text: string): string => `update @affinity-udp { ip saddr timeout ${text} : ip daddr . udp dport }`;
    expect(ruleText([rule(time)])).toBe(`meta l4proto udp ${rule(seconds)}`);
  });

  it('knows the rules of others that are made of our parts, but not as ours', () => {
    expect(ruleText([{ accept: null }])).toBe('accept');
    expect(ruleText([{ reject: { type: 'tcp reset' } }])).toBe('reject with tcp reset');
    expect(ruleText([{ dnat: { addr: { payload: { protocol: 'ip', field: 'daddr' } } } }])).toBe('dnat to ip daddr');
    expect(ruleText([{ reject: null }])).toBe('reject');
    expect(ruleText([])).toBe('');
  });
});
