import { describe, expect, it } from 'vitest';
import type { Refusal } from '../../../src/backend/backend.ts';
import { Quarantine } from '../../../src/reconcile/quarantine.ts';

const refusal = (owner: string, family: Refusal['family'] = 'ipv4', message = 'no'): Refusal => ({
  owner,
  family,
  error: new Error(message),
});

describe('Quarantine', () => {
  it('tries again ever more rarely, up to the longest delay', () => {
    const quarantine = new Quarantine(5000);
    const due = [1, 2, 3, 4, 5].map(attempt => {
      expect(quarantine.add(refusal('d/a'), 100)).toBe(attempt);
      return quarantine.nextDue();
    });
    expect(due).toEqual([1100, 2100, 4100, 5100, 5100]);
    expect(quarantine.size).toBe(1);
  });

  it('shows the latest refusal', () => {
    const quarantine = new Quarantine(5000);
    quarantine.add(refusal('d/a', 'ipv6', 'first'), 0);
    quarantine.add(refusal('d/a', 'ipv6', 'second'), 500);
    expect(quarantine.entries()).toEqual([
      { owner: 'd/a', family: 'ipv6', attempts: 2, error: new Error('second'), dueAt: 2500 },
    ]);
  });

  it('keeps families apart, and lets a Service out of both', () => {
    const quarantine = new Quarantine(5000);
    quarantine.add(refusal('d/a', 'ipv4'), 0);
    quarantine.add(refusal('d/a', 'ipv6'), 0);
    quarantine.add(refusal('d/ab', 'ipv4'), 0);
    expect(quarantine.size).toBe(3);
    quarantine.release('d/a');
    expect(quarantine.entries().map(({ owner }) => owner)).toEqual(['d/ab']);
  });

  it('starts anew with a Service that was let out', () => {
    const quarantine = new Quarantine(5000);
    quarantine.add(refusal('d/a'), 0);
    quarantine.add(refusal('d/a'), 0);
    quarantine.release('d/a');
    expect(quarantine.add(refusal('d/a'), 0)).toBe(1);
  });

  it.each([
    { now: 999, due: [] },
    { now: 1000, due: ['d/a'] },
    { now: 1500, due: ['d/a', 'd/b'] },
  ])('at $now ms $due are due', ({ now, due }) => {
    const quarantine = new Quarantine(5000);
    quarantine.add(refusal('d/a'), 0);
    quarantine.add(refusal('d/b'), 500);
    expect(quarantine.takeDue(now)).toEqual(due);
    expect(quarantine.size).toBe(2);
  });

  it('is nothing due while it is empty, and lets out whom it does not know', () => {
    const quarantine = new Quarantine(5000);
    quarantine.release('d/a');
    expect(quarantine.nextDue()).toBeUndefined();
    expect(quarantine.takeDue(Infinity)).toEqual([]);
    quarantine.add(refusal('d/a'), 0);
    quarantine.add(refusal('d/b'), 300);
    expect(quarantine.nextDue()).toBe(1000);
  });
});
