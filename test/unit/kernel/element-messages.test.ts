import { describe, expect, it } from 'vitest';
import { ElementMessages } from '../../../src/kernel/element-messages.ts';

const NLM_F_DUMP_INTR = 0x10;

const attribute = (type: number, ...content: readonly Buffer[]): Buffer => {
  const value = Buffer.concat(content);
  const head = Buffer.alloc(4);
  head.writeUInt16LE(4 + value.length, 0);
  head.writeUInt16LE(type, 2);
  return Buffer.concat([head, value, Buffer.alloc(-value.length & 3)]);
};
const text = (told: string): Buffer => Buffer.from(`${told}\0`);
const number = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};

function message(type: number, flags: number, ...content: readonly Buffer[]): Buffer {
  const payload = Buffer.concat(content);
  const head = Buffer.alloc(16);
  head.writeUInt32LE(16 + payload.length, 0);
  head.writeUInt16LE(type, 4);
  head.writeUInt16LE(flags, 6);
  return Buffer.concat([head, payload]);
}
const done = (flags = 0, error = 0): Buffer => {
  const code = Buffer.alloc(4);
  code.writeInt32LE(error);
  return message(3, flags, code);
};
const refusal = (error: number): Buffer => {
  const code = Buffer.alloc(4);
  code.writeInt32LE(-error);
  return message(2, 0, code, Buffer.alloc(16));
};
const elements = (flags: number, ...list: readonly Buffer[]): Buffer =>
  message(
    0x0a0c,
    flags,
    Buffer.alloc(4),
    attribute(1, text('kube-proxy')),
    attribute(2, text('x')),
    attribute(0x8003, ...list),
  );

const key = (bytes: readonly number[]): Buffer => attribute(0x8001, attribute(1, Buffer.from(bytes)));
const value = (bytes: readonly number[]): Buffer => attribute(0x8002, attribute(1, Buffer.from(bytes)));
const verdict = (code: number, chain: string): Buffer =>
  attribute(0x8002, attribute(0x8002, attribute(1, number(code)), ...(chain ? [attribute(2, text(chain))] : [])));
const counter = (packets: number): Buffer => {
  const count = Buffer.alloc(8);
  count.writeBigUInt64BE(BigInt(packets));
  return attribute(
    0x8007,
    attribute(1, text('counter')),
    attribute(0x8002, attribute(1, Buffer.alloc(8)), attribute(2, count)),
  );
};
const element = (...parts: readonly Buffer[]): Buffer => attribute(0x8001, ...parts);

function read(sets: readonly string[], ...chunks: readonly Buffer[]): { seen: unknown[]; isComplete: boolean } {
  const seen: unknown[] = [];
  const messages = new ElementMessages(sets, {
    begin: set => seen.push(set),
    // The bytes are those of the stream, and are gone when it goes on.
    element: ({ key: bytes, value: is, packets }) =>
      seen.push([bytes?.toString('hex'), Buffer.isBuffer(is) ? is.toString('hex') : is, packets]),
  });
  for (const chunk of chunks) messages.push(chunk);
  return { seen, isComplete: messages.isComplete };
}

describe('elements as the kernel lists them', () => {
  const two = elements(
    2,
    element(key([10, 0, 0, 1]), verdict(-4, 'chain-1'), counter(7)),
    element(key([10, 0, 0, 2]), verdict(1, '')),
  );
  const one = elements(2, element(key([1, 2]), value([3, 4, 0, 0])));
  const expected = [
    'services',
    ['0a000001', { code: -4, chain: 'chain-1' }, 7],
    ['0a000002', { code: 1, chain: '' }, 0],
    'endpoints',
    ['0102', '03040000', 0],
    'empty',
  ];
  const stream = Buffer.concat([two, done(2), one, done(2), done(2)]);
  const sets = ['services', 'endpoints', 'empty'];

  it('are handed on set by set, with their counters', () => {
    expect(read(sets, stream)).toEqual({ seen: expected, isComplete: true });
  });

  it('are the same however the stream is cut', () => {
    for (let at = 1; at < stream.length; at += 1)
      expect(read(sets, stream.subarray(0, at), stream.subarray(at))).toEqual({ seen: expected, isComplete: true });
    expect(read(sets, ...[...stream].map(byte => Buffer.from([byte])))).toEqual({ seen: expected, isComplete: true });
  });

  it('are not all before the last answer has ended', () => {
    expect(read(sets, stream.subarray(0, -20)).isComplete).toBe(false);
  });

  it('begin anew where the set changed meanwhile, however late that is told', () => {
    const interrupted = elements(2 | NLM_F_DUMP_INTR, element(key([9]), value([9])));
    expect(read(['a'], interrupted, done(2), one, done(2))).toEqual({
      seen: ['a', ['09', '09', 0], 'a', ['0102', '03040000', 0]],
      isComplete: true,
    });
    expect(read(['a'], one, done(2 | NLM_F_DUMP_INTR)).isComplete).toBe(false);
  });

  it('have the one that stands for all keys among them, without a key', () => {
    expect(read(['a'], elements(2, element(value([1]))), done(2)).seen).toEqual(['a', [undefined, '01', 0]]);
  });

  it.each([
    ['an error instead of an answer', refusal(2), 'the kernel does not list a: error 2'],
    ['an answer that ends with an error', done(2, -105), 'the kernel does not list a: error 105'],
    ['a message of another kind', message(0x0a0f, 0, Buffer.alloc(4)), 'a message of type 2575 for a'],
    ['what is no message', Buffer.from('nft: command not found, and more'), 'no netlink message'],
    ['more than was asked for', Buffer.concat([done(2), done(2)]), 'nobody has asked for'],
  ])('%s is an error', (_, bytes, said) => {
    expect(() => read(['a'], bytes)).toThrow(said);
  });
});
