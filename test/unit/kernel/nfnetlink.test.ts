import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TableMessages, type TableMessage } from '../../../src/kernel/nfnetlink.ts';

/**
 * What the kernel (6.18, amd64) told while an nft made these transactions, one after the other; the tables `ip other` and
 * `inet kube-proxy` besides.
 */
const TRANSACTIONS = [
  { did: 'add table', changes: ['ip add table '] },
  { did: 'add chain', changes: ['ip add chain filter-input'] },
  { did: 'add rule', changes: ['ip add rule filter-input'] },
  { did: 'add two maps', changes: ['ip add set endpoints-tcp', 'ip add set affinity-tcp'] },
  { did: 'add two elements', changes: ['ip add element endpoints-tcp'] },
  { did: 'add element affinity-tcp', changes: ['ip add element affinity-tcp'] },
  { did: 'add tables of other families', changes: ['ip6 add table ', 'other add table '] },
  { did: 'add and delete elements', changes: ['ip add element endpoints-tcp', 'ip delete element affinity-tcp'] },
  { did: 'flush chain', changes: ['ip delete rule filter-input'] },
  {
    did: 'flush ruleset',
    changes: [
      'ip delete set endpoints-tcp',
      'ip delete set affinity-tcp',
      'ip delete chain filter-input',
      'ip delete table ',
      'ip6 delete table ',
      'other delete table ',
    ],
  },
];

const RECORDINGS = [
  { version: '1.0.6', firstPid: 31_402, program: 'nft' },
  // That nft was started through its dynamic linker.
  { version: '1.1.3', firstPid: 31_441, program: 'ld-linux-x86-64' },
];

const recording = (version: string): Buffer =>
  Buffer.from(
    readFileSync(join(import.meta.dirname, `recorded/netlink-nft-${version}.base64`), 'utf8').replaceAll('\n', ''),
    'base64',
  );

const textsOf = (message: TableMessage): readonly string[] =>
  message.kind === 'commit'
    ? message.commit.changes.map(({ family, verb, what, name }) => `${family} ${verb} ${what} ${name}`)
    : [message.kind];

/** A message with nothing but its header, as the relay makes them. */
function header(type: number, flags = 0): Buffer {
  const message = Buffer.alloc(16);
  message.writeUInt32LE(16, 0);
  message.writeUInt16LE(type, 4);
  message.writeUInt16LE(flags, 6);
  return message;
}

describe.each(RECORDINGS)('messages of the kernel, nft $version', ({ version, firstPid, program }) => {
  const bytes = recording(version);
  const whole = new TableMessages('kube-proxy').push(bytes);

  it('say of each transaction what it did to our tables', () => {
    expect(whole.map(textsOf)).toEqual([['ready'], ...TRANSACTIONS.map(({ changes }) => changes)]);
  });

  it('say who made it', () => {
    expect(whole[1]).toMatchObject({ commit: { pid: firstPid, program, isPartial: false } });
  });

  it.each([1, 3, 16, 100, 1000])('are read the same in pieces of %i bytes', size => {
    const messages = new TableMessages('kube-proxy');
    const found: TableMessage[] = [];
    for (let at = 0; at < bytes.length; at += size) found.push(...messages.push(bytes.subarray(at, at + size)));
    expect(found).toEqual(whole);
  });

  it('say which elements they are of, in order, with key and value', () => {
    const told = whole.flatMap(message => (message.kind === 'commit' ? message.commit.elements : []));
    const hex = (bytes: unknown): string => (Buffer.isBuffer(bytes) ? bytes.toString('hex') : '');
    expect(told.map(one => `${one.verb} ${one.family} ${one.name} ${hex(one.key)} ${hex(one.value)}`)).toEqual([
      'add ip endpoints-tcp 000000000a60000a00500000 0af4010a1f900000',
      'add ip endpoints-tcp 010000000a60000a00500000 0af4010b1f900000',
      'add ip affinity-tcp 0a000001 0af4010a1f900000',
      'add ip endpoints-tcp 020000000a60000a00500000 0af4010a1f900000',
      'delete ip affinity-tcp 0a000001 0af4010a1f900000',
    ]);
  });

  it('of tables of other names are left out', () => {
    const messages = new TableMessages('other').push(bytes);
    expect(messages.flatMap(textsOf)).toEqual(['ready', 'ip add table ', 'ip delete table ']);
    expect(messages).toHaveLength(1 + TRANSACTIONS.length);
  });
});

describe('TableMessages', () => {
  const bytes = recording('1.0.6');

  it('says where a part of a transaction was left out', () => {
    const messages = new TableMessages('kube-proxy');
    const found = [...messages.push(header(1, 1)), ...messages.push(bytes.subarray(16))];
    expect(found.map(message => message.kind === 'commit' && message.commit.isPartial)).toEqual([
      true,
      ...TRANSACTIONS.slice(1).map(() => false),
    ]);
    expect(found[0]).toMatchObject({ commit: { lacksElements: true } });
  });

  it('says where elements were left out, and nothing else', () => {
    const messages = new TableMessages('kube-proxy');
    const found = [...messages.push(header(1, 2)), ...messages.push(bytes.subarray(16))];
    expect(found.slice(0, 2)).toMatchObject([
      { commit: { isPartial: false, lacksElements: true } },
      { commit: { isPartial: false, lacksElements: false } },
    ]);
  });

  it('reads verdicts, and the element that stands for all keys', () => {
    const attribute = (type: number, ...parts: readonly Buffer[]): Buffer => {
      const value = Buffer.concat(parts);
      const head = Buffer.alloc(4);
      head.writeUInt16LE(4 + value.length, 0);
      head.writeUInt16LE(type, 2);
      return Buffer.concat([head, value, Buffer.alloc(-value.length & 3)]);
    };
    const text = (words: string): Buffer => Buffer.from(`${words}\0`);
    const code = Buffer.alloc(4);
    code.writeInt32BE(-4, 0);
    const verdict = attribute(2, attribute(2, attribute(1, code), attribute(2, text('cluster-tcp-2'))));
    // A key, with its verdict; and flag NFT_SET_ELEM_CATCHALL.
    const keyed = attribute(1, attribute(1, attribute(1, Buffer.from([1, 2, 3, 4]))), verdict);
    const all = attribute(1, attribute(3, Buffer.from([0, 0, 0, 2])), verdict);
    const body = [
      Buffer.from([2, 0, 0, 0]),
      attribute(1, text('kube-proxy')),
      attribute(2, text('services')),
      attribute(3, keyed, all),
    ];
    const length = 16 + Buffer.concat(body).length;
    const [message, end] = [header(0x0a0c), header(0x0a0f)];
    message.writeUInt32LE(length, 0);
    end.writeUInt32LE(20, 0);
    const [found] = new TableMessages('kube-proxy').push(Buffer.concat([message, ...body, end, Buffer.alloc(4)]));
    const common = { verb: 'add', family: 'ip', name: 'services', value: { code: -4, chain: 'cluster-tcp-2' } };
    expect(found).toMatchObject({ kind: 'commit' });
    expect(found?.kind === 'commit' && found.commit.elements).toEqual([
      { ...common, key: Buffer.from([1, 2, 3, 4]) },
      common,
    ]);
  });

  it('forgets what it has of a transaction whose end was lost', () => {
    const messages = new TableMessages('kube-proxy');
    const firstChange = bytes.subarray(16, 16 + 64);
    expect(messages.push(Buffer.concat([firstChange, header(4), bytes.subarray(16 + 64)])).map(textsOf)).toEqual([
      ['overrun'],
      [],
      ...TRANSACTIONS.slice(1).map(({ changes }) => changes),
    ]);
  });

  it('names a change once, however many elements it has', () => {
    const elements = TRANSACTIONS.findIndex(({ did }) => did === 'add two elements');
    const [, ...commits] = new TableMessages('kube-proxy').push(bytes);
    expect(textsOf(commits[elements]!)).toEqual(['ip add element endpoints-tcp']);
  });

  it.each([
    ['shorter than its header', 15],
    ['longer than any', 2 ** 30],
  ])('refuses a message that is %s', (_, length) => {
    const wrong = header(1);
    wrong.writeUInt32LE(length, 0);
    expect(() => new TableMessages('kube-proxy').push(wrong)).toThrow(`no netlink message: its length is ${length}`);
  });
});
