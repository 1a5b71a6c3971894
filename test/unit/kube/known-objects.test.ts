import { expect, test } from 'vitest';
import { KnownObjects } from '../../../src/kube/known-objects.ts';

function knowing(versions: Readonly<Record<string, string>>): KnownObjects<string> {
  const known = new KnownObjects<string>();
  for (const [key, version] of Object.entries(versions)) known.set(key, version, `${key}@${version}`);
  return known;
}

test('single changes are told as they come', () => {
  const known = new KnownObjects<string>();
  expect(known.set('a', '1', 'A')).toEqual({ type: 'set', key: 'a', object: 'A' });
  expect(known.set('a', '1', 'A')).toEqual({ type: 'set', key: 'a', object: 'A' });
  expect(known.size).toBe(1);
  expect(known.delete('a')).toEqual({ type: 'delete', key: 'a' });
  expect(known.delete('a')).toBeUndefined();
});

test('of a new full state only what differs is told, deletes first', () => {
  const known = knowing({ same: '1', changed: '2', gone: '3' });
  known.stage();
  expect(known.set('new', '5', 'NEW')).toBeUndefined();
  expect(known.set('changed', '6', 'CHANGED')).toBeUndefined();
  expect(known.set('same', '1', 'SAME')).toBeUndefined();
  expect(known.size).toBe(3);
  expect(known.commit()).toEqual([
    { type: 'delete', key: 'gone' },
    { type: 'set', key: 'new', object: 'NEW' },
    { type: 'set', key: 'changed', object: 'CHANGED' },
  ]);
  expect(known.isStaging).toBe(false);
  known.stage();
  for (const [key, version] of [
    ['new', '5'],
    ['changed', '6'],
    ['same', '1'],
  ] as const)
    known.set(key, version, key);
  expect(known.commit()).toEqual([]);
});

test('what is deleted while staging does not become known', () => {
  const known = knowing({ a: '1' });
  known.stage();
  known.set('a', '1', 'A');
  known.set('b', '2', 'B');
  known.delete('a');
  expect(known.commit()).toEqual([
    { type: 'delete', key: 'a' },
    { type: 'set', key: 'b', object: 'B' },
  ]);
});

test('a state that is not finished is as if it had never begun', () => {
  const known = knowing({ a: '1' });
  known.stage();
  known.set('b', '2', 'B');
  known.discard();
  expect(known.size).toBe(1);
  expect(known.delete('b')).toBeUndefined();
  known.stage();
  expect(known.commit()).toEqual([{ type: 'delete', key: 'a' }]);
});

test('an object without a version is always told', () => {
  const known = knowing({ a: '' });
  known.stage();
  known.set('a', '', 'A');
  expect(known.commit()).toEqual([{ type: 'set', key: 'a', object: 'A' }]);
});
