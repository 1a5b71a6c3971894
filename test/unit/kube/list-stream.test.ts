import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ListMetadata } from '../../../src/kube/list-stream.ts';
import { ListParser } from '../../../src/kube/list-stream.ts';
import { StreamFormatError } from '../../../src/kube/stream-format-error.ts';

/** Feeds the text in chunks of so many bytes. */
function parse(text: string, chunkBytes: number): { items: unknown[]; metadata: ListMetadata } {
  const items: unknown[] = [];
  const parser = new ListParser(item => items.push(item));
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += chunkBytes) parser.push(bytes.subarray(at, at + chunkBytes));
  return { items, metadata: parser.end() };
}

const listOf = (items: string, more = ''): string =>
  `{"kind":"ServiceList","apiVersion":"v1","metadata":{"resourceVersion":"7"},"items":${items}${more}}`;

describe('ListParser', () => {
  const cases: readonly { name: string; text: string; items: readonly unknown[]; metadata?: ListMetadata }[] = [
    { name: 'no items', text: listOf('[]'), items: [] },
    { name: 'null items, as Go prints a nil slice', text: listOf('null'), items: [] },
    {
      name: 'nested objects and lists',
      text: listOf('[{"a":{"b":[1,{"c":[]}]}},{"d":[[]]}]'),
      items: [{ a: { b: [1, { c: [] }] } }, { d: [[]] }],
    },
    {
      name: 'brackets, quotes and backslashes in strings',
      text: listOf(String.raw`[{"a":"}]{\"[\\"},{"b\\":"\\\\\""}]`),
      items: [{ a: '}]{"[\\' }, { 'b\\': '\\\\"' }],
    },
    {
      name: 'white space everywhere',
      text: ' {\n "items" : [ { "a" : 1 } ,\n {} ] , "metadata" : { "resourceVersion" : "7" } }\n',
      items: [{ a: 1 }, {}],
    },
    { name: 'characters of several bytes', text: listOf('[{"ü":"€𝄞"}]'), items: [{ ü: '€𝄞' }] },
    { name: 'items that are no objects', text: listOf('[1,"x",null,true,[2]]'), items: [1, 'x', null, true, [2]] },
    {
      name: 'a member called items within an item',
      text: listOf('[{"items":[{"a":1}],"metadata":{"resourceVersion":"9"}}]'),
      items: [{ items: [{ a: 1 }], metadata: { resourceVersion: '9' } }],
    },
    {
      name: 'members after items',
      text: listOf('[{"a":1}]', ',"kind":"x","n":-1.5e3,"l":[{"items":[]}],"o":{"items":[2]}'),
      items: [{ a: 1 }],
    },
    {
      name: 'a member without a name',
      text: listOf('[{"a":1}]', ',"":{"toString":""},"x":1'),
      items: [{ a: 1 }],
    },
    {
      name: 'a member without a name that holds the name of another',
      text: listOf('[{"a":1}]', ',"":"metadata","x":{"resourceVersion":"9"}'),
      items: [{ a: 1 }],
    },
    {
      name: 'a continue token',
      text: '{"metadata":{"resourceVersion":"12","continue":"abc","remainingItemCount":3},"items":[{}]}',
      items: [{}],
      metadata: { resourceVersion: '12', continueToken: 'abc' },
    },
  ];

  test.each(cases)('reads $name, wherever chunks are cut', ({ text, items, metadata }) => {
    const length = Buffer.byteLength(text);
    for (let chunkBytes = 1; chunkBytes <= length; chunkBytes += 1) {
      const parsed = parse(text, chunkBytes);
      expect(parsed.items).toEqual(items);
      expect(parsed.metadata).toEqual(metadata ?? { resourceVersion: '7', continueToken: '' });
    }
  });

  test('reads any JSON as JSON.parse does', () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue()),
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.integer({ min: 1, max: 40 }),
        (items, more, chunkBytes) => {
          const text = JSON.stringify(
            { ...more, metadata: { resourceVersion: '7' }, items },
            undefined,
            chunkBytes % 3,
          );
          expect(parse(text, chunkBytes).items).toEqual(JSON.parse(JSON.stringify(items)));
        },
      ),
      { numRuns: 500 },
    );
  });

  const broken: readonly { name: string; text: string; message: RegExp }[] = [
    { name: 'nothing', text: '', message: /ends early/ },
    { name: 'a list cut within an item', text: listOf('[{"a":1},{"b"').slice(0, -1), message: /ends early/ },
    {
      name: 'a list cut after an item',
      text: '{"metadata":{"resourceVersion":"7"},"items":[{"a":1}',
      message: /ends early/,
    },
    { name: 'an item that is not JSON', text: listOf('[{"a":nope}]'), message: /not JSON/ },
    { name: 'a page of HTML', text: '<html>sign in</html>', message: /not a list/ },
    { name: 'a JSON list', text: '[{}]', message: /not a list/ },
    { name: 'a key that is no string', text: '{1:2,"items":[]}', message: /not a list/ },
    { name: 'more after the list', text: `${listOf('[]')}{}`, message: /not a list/ },
    {
      name: 'an object without items, which must not count as an empty list',
      text: '{"metadata":{"resourceVersion":"7"}}',
      message: /without items/,
    },
    {
      name: 'items that are an object',
      text: '{"metadata":{"resourceVersion":"7"},"items":{}}',
      message: /without items/,
    },
    { name: 'a list without a version', text: '{"metadata":{},"items":[]}', message: /without items or metadata/ },
  ];

  test.each(broken)('refuses $name', ({ text, message }) => {
    for (const chunkBytes of [1, 7, 1000]) {
      expect(() => parse(text, chunkBytes)).toThrow(StreamFormatError);
      expect(() => parse(text, chunkBytes)).toThrow(message);
    }
  });

  test('tells the first 200 bytes of what it could not read', () => {
    const text = `{"a":nope,"b":"${'x'.repeat(500)}"}`;
    const failing = (): unknown => parse(listOf(`[${text}]`), 64);
    expect(failing).toThrow(expect.objectContaining({ excerpt: text.slice(0, 200) }));
  });
});
