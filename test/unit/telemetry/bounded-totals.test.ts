import { describe, expect, it } from 'vitest';
import { BoundedTotals } from '../../../src/telemetry/bounded-totals.ts';

const setUp = (limit: number) => {
  const totals = new BoundedTotals(limit, ({ kind = '' }) => ({ name: 'rest', kind }));
  const add = (name: string, amount: number, kind = 'x'): void => totals.add({ name, kind }, amount);
  const shown = (): Record<string, number> =>
    Object.fromEntries(totals.all().map(({ labels, value }) => [Object.values(labels).join(' '), value]));
  return { totals, add, shown };
};

describe('BoundedTotals', () => {
  it('adds up by labels', () => {
    const { add, shown } = setUp(9);
    add('a', 1);
    add('b', 2);
    add('a', 3);
    add('a', 4, 'y');
    expect(shown()).toEqual({ 'a x': 4, 'b x': 2, 'a y': 4 });
  });

  it('adds up in one what is beyond the limit, by the labels that are left', () => {
    const { add, shown } = setUp(2);
    for (const name of ['a', 'b', 'c', 'd', 'a', 'c']) add(name, 1);
    add('e', 5, 'y');
    expect(shown()).toEqual({ 'a x': 2, 'b x': 1, 'rest x': 3, 'rest y': 5 });
  });

  it('gives the series of what is gone to others, and takes nothing from the rest', () => {
    const { totals, add, shown } = setUp(2);
    for (const name of ['a', 'b', 'c']) add(name, 1);
    totals.prune(({ name }) => name !== 'b');
    add('c', 10);
    expect(shown()).toEqual({ 'b x': 1, 'c x': 10, 'rest x': 1 });
  });
});
