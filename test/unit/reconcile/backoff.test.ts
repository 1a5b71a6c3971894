import { describe, expect, it } from 'vitest';
import { Backoff } from '../../../src/reconcile/backoff.ts';

/** The next delays, rounded. */
const delays = (backoff: Backoff, count: number): number[] =>
  Array.from({ length: count }, () => Math.round(backoff.next()));

describe('Backoff', () => {
  it.each([
    { name: 'the longest delays', random: 1, expected: [200, 400, 800, 1600, 2000, 2000] },
    { name: 'the shortest are half of these', random: 0, expected: [100, 200, 400, 800, 1000, 1000] },
    { name: 'and others lie between', random: 0.5, expected: [150, 300, 600, 1200, 1500, 1500] },
  ])('$name', ({ random, expected }) => {
    expect(delays(new Backoff(200, 2000, () => random), 6)).toEqual(expected);
  });

  it('is by chance where nothing else is said, and never out of its limits', () => {
    const drawn = Array.from({ length: 200 }, () => new Backoff(200, 2000).next());
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(100);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(200);
    expect(new Set(drawn).size).toBeGreaterThan(100);
  });

  it('starts anew after a success', () => {
    const backoff = new Backoff(200, 2000, () => 1);
    delays(backoff, 3);
    expect(backoff.failures).toBe(3);
    backoff.reset();
    expect(backoff.failures).toBe(0);
    expect(delays(backoff, 2)).toEqual([200, 400]);
  });

  it('stays at the longest delay after any number of failures', () => {
    const backoff = new Backoff(200, 2000, () => 1);
    expect(delays(backoff, 5000).at(-1)).toBe(2000);
  });

  it('never waits longer than the longest delay, though the first would be', () => {
    expect(delays(new Backoff(200, 50, () => 1), 2)).toEqual([50, 50]);
  });
});
