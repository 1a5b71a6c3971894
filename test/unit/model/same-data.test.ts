import { expect, it } from 'vitest';
import { sameData } from '../../../src/model/same-data.ts';

it.each([
  { name: 'equal primitives', a: 1, b: 1, same: true },
  { name: 'other primitives', a: 1, b: '1', same: false },
  { name: 'NaN', a: Number.NaN, b: Number.NaN, same: true },
  { name: 'equal nested data', a: { x: [{ y: 1 }] }, b: { x: [{ y: 1 }] }, same: true },
  { name: 'another order of fields', a: { x: 1, y: 2 }, b: { y: 2, x: 1 }, same: true },
  { name: 'another order of items', a: [1, 2], b: [2, 1], same: false },
  { name: 'a longer list', a: [1], b: [1, 2], same: false },
  { name: 'a nested change', a: { x: [{ y: 1 }] }, b: { x: [{ y: 2 }] }, same: false },
  { name: 'a field more', a: { x: 1 }, b: { x: 1, y: 0 }, same: false },
  { name: 'an undefined field is a missing one', a: { x: 1 }, b: { x: 1, y: undefined }, same: true },
  { name: 'a list is no record', a: [], b: {}, same: false },
  { name: 'null is no record', a: null, b: {}, same: false },
  { name: 'null', a: null, b: null, same: true },
])('$name', ({ a, b, same }) => {
  expect(sameData(a, b)).toBe(same);
  expect(sameData(b, a)).toBe(same);
});
