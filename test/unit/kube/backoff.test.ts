import { describe, expect, test } from 'vitest';
import { Backoff, REFLECTOR_BACKOFF } from '../../../src/kube/backoff.ts';
import { LogLimiter } from '../../../src/kube/log-limiter.ts';

describe('Backoff', () => {
  test('doubles from 800 ms to 30 s', () => {
    const backoff = new Backoff(REFLECTOR_BACKOFF, () => 1);
    expect(Array.from({ length: 8 }, () => backoff.next())).toEqual([
      800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000,
    ]);
    expect(backoff.failures).toBe(8);
  });

  test('jitters over the whole range', () => {
    const random = [0, 0.5, 0.25];
    const backoff = new Backoff(REFLECTOR_BACKOFF, () => random.shift() ?? 0);
    expect([backoff.next(), backoff.next(), backoff.next()]).toEqual([0, 800, 800]);
  });

  test('begins anew after reset; a retry at once counts', () => {
    const backoff = new Backoff(REFLECTOR_BACKOFF, () => 1);
    backoff.next();
    backoff.next();
    backoff.reset();
    expect(backoff.failures).toBe(0);
    backoff.skip();
    expect(backoff.next()).toBe(1600);
  });

  test('stays finite after months of failures', () => {
    const backoff = new Backoff(REFLECTOR_BACKOFF, () => 1);
    for (let i = 0; i < 5000; i += 1) backoff.skip();
    expect(backoff.next()).toBe(30_000);
  });
});

test('LogLimiter lets one of a kind through in each interval', () => {
  const limiter = new LogLimiter(60_000);
  expect(limiter.allows('forbidden', 0)).toBe(true);
  expect(limiter.allows('forbidden', 59_999)).toBe(false);
  expect(limiter.allows('expired', 59_999)).toBe(true);
  expect(limiter.allows('forbidden', 60_000)).toBe(true);
});
