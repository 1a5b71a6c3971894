import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { inSteps } from '../../../../src/backend/nftables/in-steps.ts';

let now = 0;
beforeEach(() => void vi.spyOn(performance, 'now').mockImplementation(() => now));
afterEach(() => void vi.restoreAllMocks());

it('lets others have their turn each time that work has taken a while, and not more often', async () => {
  const did: string[] = [];
  let isDone = false;
  const other = (): void => {
    if (isDone) return;
    did.push('other');
    setImmediate(other);
  };
  setImmediate(other);
  function* work(): Generator<void, string> {
    for (const step of ['1', '2', '3', '4', '5', '6']) {
      did.push(step);
      now += 6;
      yield;
    }
    return 'done';
  }
  expect(await inSteps(work())).toBe('done');
  isDone = true;
  expect(did).toEqual(['1', '2', '3', 'other', '4', '5', '6', 'other']);
});
