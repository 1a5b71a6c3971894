import { describe, expect, test } from 'vitest';
import { WatchParser } from '../../../src/kube/watch-stream.ts';

const line = (type: string, name: string): string => `${JSON.stringify({ type, object: { metadata: { name } } })}\n`;

describe('WatchParser', () => {
  test('gives the events that a chunk completes, wherever chunks are cut', () => {
    const bytes = Buffer.from(line('ADDED', 'ä') + line('DELETED', '€') + line('BOOKMARK', '𝄞'));
    for (let chunkBytes = 1; chunkBytes <= bytes.length; chunkBytes += 1) {
      const parser = new WatchParser();
      const events = [];
      for (let at = 0; at < bytes.length; at += chunkBytes)
        events.push(...parser.push(bytes.subarray(at, at + chunkBytes)));
      parser.end();
      expect(parser.failure).toBeUndefined();
      expect(events.map(({ type }) => type)).toEqual(['ADDED', 'DELETED', 'BOOKMARK']);
      expect(events.map(({ object }) => object['metadata'])).toEqual([{ name: 'ä' }, { name: '€' }, { name: '𝄞' }]);
    }
  });

  test('gives all events of one chunk together', () => {
    expect(new WatchParser().push(Buffer.from(line('ADDED', 'a') + line('ADDED', 'b')))).toHaveLength(2);
  });

  test('ignores empty lines', () => {
    const parser = new WatchParser();
    expect(parser.push(Buffer.from(`\n\r\n${line('ADDED', 'a')}\n`))).toHaveLength(1);
    expect(parser.failure).toBeUndefined();
  });

  const broken: readonly { name: string; text: string }[] = [
    { name: 'no JSON', text: `<html>${'x'.repeat(300)}</html>` },
    { name: 'JSON cut off', text: `{"type":"ADDED","object":{"metadata":{"name":"${'x'.repeat(300)}` },
    { name: 'an event without a type', text: `{"object":{},"filler":"${'x'.repeat(300)}"}` },
    { name: 'an event without an object', text: `{"type":"ADDED","object":3,"filler":"${'x'.repeat(300)}"}` },
    { name: 'null', text: 'null' },
  ];

  test.each(broken)('a line of $name: the events before it are given, none after it', ({ text }) => {
    const parser = new WatchParser();
    const events = parser.push(Buffer.from(`${line('ADDED', 'a')}${text}\n${line('ADDED', 'b')}`));
    expect(events.map(({ object }) => object['metadata'])).toEqual([{ name: 'a' }]);
    expect(parser.failure?.excerpt).toBe(text.slice(0, 200));
  });

  test('an end within an event is a failure, an end after a whole one is not', () => {
    const parser = new WatchParser();
    parser.push(Buffer.from('{"type":"ADD'));
    parser.end();
    expect(parser.failure?.message).toBe('watch ends within an event');
    expect(parser.failure?.excerpt).toBe('{"type":"ADD');
    const whole = new WatchParser();
    whole.push(Buffer.from(line('ADDED', 'a')));
    whole.end();
    expect(whole.failure).toBeUndefined();
  });
});
