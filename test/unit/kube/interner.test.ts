import { expect, test } from 'vitest';
import { NONE } from '../../../src/kube/field-reader.ts';
import { Interner } from '../../../src/kube/interner.ts';

test('equal lists are one frozen list, in their order', () => {
  const interner = new Interner();
  const first = interner.texts(['a', 'b']);
  expect(first).toEqual(['a', 'b']);
  expect(interner.texts(['a', 'b'])).toBe(first);
  expect(interner.texts(['b', 'a'])).toEqual(['b', 'a']);
  expect(Object.isFrozen(first)).toBe(true);
  expect(interner.texts([])).toBe(NONE);
});

test('lists whose texts join to the same are told apart', () => {
  const interner = new Interner();
  expect(interner.texts(['ab', 'c'])).toEqual(['ab', 'c']);
  expect(interner.texts(['a', 'bc'])).toEqual(['a', 'bc']);
  expect(interner.texts(['a,b'])).toEqual(['a,b']);
  expect(interner.texts(['a', 'b'])).toEqual(['a', 'b']);
  expect(interner.texts(['a\0b'])).toEqual(['a\0b']);
});

test('equal port lists are one frozen list', () => {
  const interner = new Interner();
  const http = { name: 'http', protocol: 'TCP', port: 80 };
  const list = interner.slicePorts([http]);
  expect(interner.slicePorts([{ ...http }])).toBe(list);
  expect(interner.slicePorts([{ ...http, port: 81 }])).toEqual([{ ...http, port: 81 }]);
  expect(Object.isFrozen(list[0])).toBe(true);
});

test('stays right after it has forgotten', () => {
  const interner = new Interner();
  for (let i = 0; i < 250_000; i += 1) interner.text(`node-${i}`);
  expect(interner.text('node-1')).toBe('node-1');
  expect(interner.texts(['node-1'])).toEqual(['node-1']);
});
