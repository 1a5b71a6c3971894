import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../../src/config/problem.ts';
import { parseYamlText } from '../../../src/config/yaml-text.ts';

describe('parseYamlText', () => {
  const values: readonly (readonly [string, string, unknown])[] = [
    ['YAML', 'a: 1\nb: [x, "y"]\n', { a: 1, b: ['x', 'y'] }],
    ['JSON', '{"a": {"b": null}}', { a: { b: null } }],
    [
      'words of YAML 1.1',
      'a: yes\nb: Off\nc: on\nd: n\ne: "on"\nf: once',
      { a: true, b: false, c: true, d: false, e: 'on', f: 'once' },
    ],
    [
      'addresses that look like numbers to base 60',
      'a: 1:2:3:4:5:6:7:8\nb: 10:20',
      { a: '1:2:3:4:5:6:7:8', b: '10:20' },
    ],
    ['merge keys', 'a: &x {b: 1}\nc: {<<: *x, d: 2}', { a: { b: 1 }, c: { b: 1, d: 2 } }],
    ['nothing', '', undefined],
    ['a remark', '# nothing\n', undefined],
    ['an empty document', '---', null],
    ['words', 'just some words', 'just some words'],
  ];
  it.each(values)('%s', (_name, text, value) => {
    expect(parseYamlText(text)).toEqual({ value, duplicates: [], hasMore: false });
  });

  it('finds duplicate keys at every depth, and the last one counts', () => {
    expect(parseYamlText('a: 1\nb: {c: 1, c: 2, c: 3}\nl:\n- {d: 1, d: 2}\na: 4')).toEqual({
      value: { a: 4, b: { c: 3 }, l: [{ d: 2 }] },
      duplicates: ['b.c', 'b.c', 'l[0].d', 'a'],
      hasMore: false,
    });
  });

  it('takes the first document and tells that there are more', () => {
    expect(parseYamlText('a: 1\n---\nb: 2')).toMatchObject({ value: { a: 1 }, hasMore: true });
  });

  it.each([
    ['an open list', 'bind: [', 'line 1'],
    ['an open object', '"mode": {', 'line 1'],
    ['a tab', '\tmode: nftables', 'line 1'],
    ['an unquoted IPv6 address', 'bindAddress: ::', 'line 1'],
    ['an alias to nothing', 'a: *b', 'Unresolved alias'],
  ])('%s is an error that tells where', (_name, text, place) => {
    expect(() => parseYamlText(text)).toThrow(ConfigurationError);
    expect(() => parseYamlText(text)).toThrow(place);
  });
});
