import { describe, expect, test } from 'vitest';
import { sleep, within } from '../../../src/kube/clock.ts';
import { ManualClock } from './manual-clock.ts';

describe('sleep', () => {
  test('ends after its time', async () => {
    const clock = new ManualClock();
    let isOver = false;
    const sleeping = sleep(clock, 1000, new AbortController().signal).then(() => (isOver = true));
    clock.advance(999);
    await Promise.resolve();
    expect(isOver).toBe(false);
    clock.advance(1);
    await sleeping;
    expect(isOver).toBe(true);
  });

  test('ends at once when aborted, and leaves no timer', async () => {
    const clock = new ManualClock();
    const control = new AbortController();
    const sleeping = sleep(clock, 1000, control.signal);
    control.abort();
    await sleeping;
    expect(clock.pending).toBe(0);
    await sleep(clock, 1000, control.signal);
    expect(clock.pending).toBe(0);
  });
});

describe('within', () => {
  test('is the promise when that is in time, and leaves no timer', async () => {
    const clock = new ManualClock();
    await expect(within(clock, 10, Promise.resolve('value'), () => new Error('late'))).resolves.toBe('value');
    await Promise.resolve();
    expect(clock.pending).toBe(0);
  });

  test('rejects when it is not', async () => {
    const clock = new ManualClock();
    const waiting = within(clock, 10, new Promise(() => {}), () => new Error('late'));
    clock.advance(10);
    await expect(waiting).rejects.toThrow('late');
  });
});
