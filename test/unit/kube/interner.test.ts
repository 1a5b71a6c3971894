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

test('equal traits of endpoints are one frozen object', () => {
  const interner = new Interner();
  const traits = { ready: true, serving: true, terminating: false, nodeName: 'a', zoneHints: NONE, nodeHints: NONE };
  const first = interner.traits({ ...traits });
  expect(Object.isFrozen(first)).toBe(true);
  expect(interner.traits({ ...traits })).toBe(first);
  const others = [
    { ready: false },
    { serving: false },
    { terminating: true },
    { nodeName: 'b' },
    { zoneHints: interner.texts(['z']) },
    { nodeHints: interner.texts(['a']) },
  ].map(other => ({ ...traits, ...other }));
  expect(others.map(other => interner.traits({ ...other }))).toEqual(others);
  expect(interner.traits({ ...traits })).toBe(first);
  // A node on which everything is said of endpoints that can be said of them.
  for (let i = 0; i < 1000; i += 1) {
    const other = { ...traits, zoneHints: interner.texts([`zone-${i}`]) };
    expect(interner.traits({ ...other })).toEqual(other);
  }
  expect(interner.traits({ ...traits })).toEqual(traits);
});

test('stays right after it has forgotten', () => {
  const interner = new Interner();
  for (let i = 0; i < 250_000; i += 1) interner.text(`node-${i}`);
  expect(interner.text('node-1')).toBe('node-1');
  expect(interner.texts(['node-1'])).toEqual(['node-1']);
});

test('equal port lists of Services are one frozen list, unless they have node ports', () => {
  const interner = new Interner();
  const http = { name: 'http', protocol: 'TCP', port: 80, nodePort: 0 };
  const list = interner.servicePorts([http]);
  expect(interner.servicePorts([{ ...http }])).toBe(list);
  expect(interner.servicePorts([{ ...http, protocol: 'UDP' }])).toEqual([{ ...http, protocol: 'UDP' }]);
  expect(interner.servicePorts([http, { ...http, name: 'x' }])).toHaveLength(2);
  expect(Object.isFrozen(list[0])).toBe(true);
  const withNodePort = { ...http, nodePort: 30080 };
  expect(interner.servicePorts([withNodePort])).toEqual([withNodePort]);
  expect(interner.servicePorts([http])).toBe(list);
  expect(interner.servicePorts([])).toBe(NONE);
});

test('ports whose texts join to the same are told apart', () => {
  const interner = new Interner();
  const port = (name: string, protocol: string) => [{ name, protocol, port: 80 }];
  expect(interner.slicePorts(port('b 1 c', 'a'))).toEqual(port('b 1 c', 'a'));
  expect(interner.slicePorts(port('c', 'a 5 b'))).toEqual(port('c', 'a 5 b'));
  expect(interner.slicePorts(port('', 'TCP'))).toEqual(port('', 'TCP'));
  expect(interner.slicePorts(port('TCP', ''))).toEqual(port('TCP', ''));
});
