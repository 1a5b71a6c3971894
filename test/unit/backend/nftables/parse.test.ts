import { describe, expect, it } from 'vitest';
import { parseMap, parseTable } from '../../../../src/backend/nftables/parse.ts';
import { containersOf } from '../../../../src/backend/nftables/schema.ts';
import { recordedTable } from './recorded/read-recording.ts';

type Json = Record<string, unknown>;

const listing = (...objects: unknown[]): string => JSON.stringify({ nftables: objects });
const table = { table: { family: 'ip', name: 'kube-proxy' } };
const inTable = (body: Json): Json => ({ family: 'ip', table: 'kube-proxy', ...body });
const vipType = ['ipv4_addr', 'inet_proto', 'inet_service'];

/** Elements of one container of a listing, as an object. */
function elementsOf(kind: 'map' | 'set', body: Json, family: 'ipv4' | 'ipv6' = 'ipv4'): Record<string, string> {
  const object = { [kind]: { ...inTable(body), family: family === 'ipv4' ? 'ip' : 'ip6' } };
  const { elements } = parseTable(family, listing(object));
  return Object.fromEntries([...elements.values()][0] ?? []);
}

describe.each(['1.0.6', '1.1.3'] as const)('parseTable of what nft %s printed', nft => {
  const content = parseTable('ipv4', recordedTable(nft));
  const elements = Object.fromEntries([...content.elements].map(([name, map]) => [name, Object.fromEntries(map)]));

  it('finds every container, and its elements', () => {
    expect([...content.elements.keys()].toSorted()).toEqual(
      containersOf('ipv4')
        .map(({ name }) => name)
        .toSorted(),
    );
    expect(Object.fromEntries(Object.entries(elements).filter(([, map]) => Object.keys(map).length))).toEqual({
      services: { '10.96.0.10 . tcp . 80': 'goto local-tcp-3-2' },
      nodeports: { 'udp . 30053': 'goto nodeport-local-sctp-2-2' },
      'endpoints-tcp': {
        '0 . 10.96.0.10 . 80': '10.244.1.10 . 8080',
        '65536 . 10.96.0.10 . 80': '10.244.1.10 . 8080',
      },
      'nodeport-endpoints-udp': { '0 . 30053': '10.244.1.10 . 53' },
      unavailable: { '10.96.0.11 . tcp . 80': 'goto reject-chain', '10.96.0.12 . udp . 53': 'drop' },
      'cluster-ips': { '10.96.0.10': '' },
      'service-cidrs': { '10.96.0.0/16': '' },
      'pod-cidrs': { '0.0.0.0/0': '' },
      firewalled: { '203.0.113.20 . tcp . 80': '' },
      'source-ranges': {
        '203.0.113.20 . tcp . 80 . 10.0.0.0/8': '',
        '203.0.113.20 . tcp . 80 . 192.168.1.1': '',
        '203.0.113.21 . tcp . 80 . 0.0.0.0/0': '',
      },
      hairpin: { '10.244.1.10 . 10.244.1.10 . tcp . 8080': '' },
    });
  });

  it('takes pins for no part of the desired state, but reads them where they are asked for', () => {
    expect(elements['affinity-tcp']).toEqual({});
    const pins = parseMap(affinityListing(nft));
    expect(Object.fromEntries(pins)).toEqual({ '2656 . 10 . 80 . 192.168.100.9': '10.244.1.10 . 8080' });
  });

  it('tells what is none of ours', () => {
    expect(content.foreignContainers.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
      { kind: 'set', name: 'foreign-set' },
      { kind: 'map', name: 'service-ips' },
    ]);
    expect(content.unusable).toEqual([]);
  });

  it('finds chains with their hooks and rules', () => {
    expect(content.exists).toBe(true);
    expect(content.chains.get('nat-prerouting')).toEqual({
      name: 'nat-prerouting',
      hook: { type: 'nat', hook: 'prerouting', priority: -100 },
      rules: ['jump dispatch'],
    });
    expect(content.chains.get('cluster-tcp-3')).toEqual({
      name: 'cluster-tcp-3',
      rules: [
        'dnat ip to numgen random mod 3 . ip daddr . tcp dport map @endpoints-tcp',
        'dnat ip to numgen random mod 1 . ip daddr . tcp dport map @endpoints-tcp',
      ],
    });
  });
});

const affinityListing = (nft: '1.0.6' | '1.1.3'): string => {
  const { nftables } = JSON.parse(recordedTable(nft)) as { nftables: { map?: Json }[] };
  return listing(...nftables.filter(({ map }) => map?.['name'] === 'affinity-tcp'));
};

describe('parseTable and containers that are not as declared', () => {
  const services = { name: 'services', type: vipType, map: 'verdict' };
  const cases: readonly { readonly name: string; readonly object: Json }[] = [
    { name: 'a set in the place of a map', object: { set: inTable({ name: 'services', type: vipType }) } },
    { name: 'other key parts', object: { map: inTable({ ...services, type: ['ipv4_addr', 'inet_service'] }) } },
    { name: 'a key of one part', object: { map: inTable({ ...services, type: 'ipv4_addr' }) } },
    { name: 'other values', object: { map: inTable({ ...services, map: 'ipv4_addr' }) } },
    { name: 'verdicts in the place of addresses', object: { map: inTable({ ...services, name: 'endpoints-tcp' }) } },
    { name: 'an interval too many', object: { map: inTable({ ...services, flags: ['interval'] }) } },
    { name: 'an interval too few', object: { set: inTable({ name: 'pod-cidrs', type: 'ipv4_addr' }) } },
    {
      name: 'ranges with an element that stands for all keys, which nft 1.0.6 cannot delete',
      object: { set: inTable({ name: 'pod-cidrs', type: 'ipv4_addr', flags: ['interval'], elem: ['10.0.0.1', '*'] }) },
    },
  ];
  it.each(cases)('$name: unusable', ({ object }) => {
    const { unusable, elements } = parseTable('ipv4', listing(table, object));
    expect(unusable).toHaveLength(1);
    expect(elements.size).toBe(0);
  });
});

describe('parseTable and elements that are not as ours are', () => {
  const ranges = { name: 'service-cidrs', type: 'ipv4_addr', flags: ['interval'] };
  it.each([
    { name: 'a range that is no prefix', elem: [{ range: ['10.0.0.1', '10.0.0.9'] }], keys: ['{"range":'] },
    { name: 'a range of all addresses', elem: [{ range: ['0.0.0.0', '255.255.255.255'] }], keys: ['0.0.0.0/0'] },
    { name: 'a comment', elem: [{ elem: { val: '10.0.0.1', comment: 'x' } }], keys: ['10.0.0.1'] },
    { name: 'no list', elem: 'x', keys: [] },
  ])('$name', ({ elem, keys }) => {
    const found = Object.keys(elementsOf('set', { ...ranges, elem }));
    expect(found).toHaveLength(keys.length);
    for (const [i, key] of keys.entries()) expect(found[i]).toContain(key);
  });

  it('a verdict of somebody else keeps its own text, so that it is replaced', () => {
    const elem = [
      [{ concat: ['10.96.0.1', 'tcp', 80] }, { jump: { target: 'x' } }],
      [{ concat: ['10.96.0.2', 'tcp', 80] }, { queue: null }],
    ];
    expect(elementsOf('map', { name: 'services', type: vipType, map: 'verdict', elem })).toEqual({
      '10.96.0.1 . tcp . 80': 'jump x',
      '10.96.0.2 . tcp . 80': '{"queue":null}',
    });
  });

  it('IPv6 addresses are canonical, however the C library prints them', () => {
    const elem = ['fd00:0:0::1', '::ffff:0:10.0.0.1'];
    expect(Object.keys(elementsOf('set', { name: 'cluster-ips', type: 'ipv6_addr', elem }, 'ipv6'))).toEqual([
      'fd00::1',
      '::ffff:0:a00:1',
    ]);
    const cidr = [
      { prefix: { addr: 'FD00:0::', len: 8 } },
      { range: ['::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'] },
    ];
    const interval = { name: 'pod-cidrs', type: 'ipv6_addr', flags: ['interval'], elem: cidr };
    expect(Object.keys(elementsOf('set', interval, 'ipv6'))).toEqual(['fd00::/8', '::/0']);
  });
});

describe('parseTable', () => {
  it('passes over the other family, other tables, and rules of chains that are not there', () => {
    const rule = { expr: [{ jump: { target: 'x' } }] };
    const content = parseTable(
      'ipv4',
      listing(
        table,
        { chain: { family: 'ip6', table: 'kube-proxy', name: 'dispatch' } },
        { chain: { family: 'ip', table: 'other', name: 'dispatch' } },
        { rule: inTable({ chain: 'nowhere', ...rule }) },
        { chain: inTable({ name: 'learn' }) },
        { rule: inTable({ chain: 'learn', expr: [{ counter: null }] }) },
        { rule: inTable({ chain: 'learn', ...rule }) },
      ),
    );
    expect([...content.chains]).toEqual([['learn', { name: 'learn', rules: [undefined, 'jump x'] }]]);
  });

  it.each([
    ['', /no member "nftables"/],
    ['{"nftables":', /no member "nftables"/],
    ['{"nftables": [', SyntaxError],
    ['{"nftables": [{"table": {}}, ', SyntaxError],
    ['{"nftables": [{"set": {"elem": [1, 2', SyntaxError],
    ['{}', /no member "nftables"/],
    ['{"nftables":{}}', /no member "nftables"/],
  ])('refuses %j', (text, error) => {
    expect(() => parseTable('ipv4', text)).toThrow(error);
  });

  it.each([
    { name: 'a list of flags', flags: ['dormant'], isDormant: true },
    { name: 'what nft 1.1.3 prints for one', flags: 'dormant', isDormant: true },
    { name: 'what nft 1.0.6 prints for any', flags: 'Lester Gooch #5', isDormant: true },
    { name: 'none', flags: undefined, isDormant: false },
  ])('a table with $name: asleep is $isDormant', ({ flags, isDormant }) => {
    const asleep = { table: { ...table.table, ...(flags !== undefined && { flags }) } };
    expect(parseTable('ipv4', listing(asleep)).isDormant).toBe(isDormant);
  });

  it('of the policies of chains only others than accept are told', () => {
    const chain = (name: string, policy: string): Json => ({
      chain: inTable({ name, type: 'filter', hook: 'input', prio: 0, policy }),
    });
    const { chains } = parseTable('ipv4', listing(table, chain('a', 'accept'), chain('b', 'drop')));
    expect([chains.get('a')?.policy, chains.get('b')?.policy]).toEqual([undefined, 'drop']);
  });

  it('a map that is not in the listing has no elements', () => {
    expect(parseMap(listing(table)).size).toBe(0);
  });
});
