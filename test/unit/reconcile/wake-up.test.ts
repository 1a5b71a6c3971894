import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WakeUp, type Reason } from '../../../src/reconcile/wake-up.ts';

/** A wake-up that is waited for, from a time 0 on; `woken` holds when and why. */
function setUp() {
  const wakeUp = new WakeUp();
  const abort = new AbortController();
  const woken: string[] = [];
  const zero = performance.now();
  const run = async (): Promise<void> => {
    while (!abort.signal.aborted) {
      const reasons = await wakeUp.wait(abort.signal);
      woken.push(`${Math.round(performance.now() - zero)}: ${[...reasons].join(' ')}`.trim());
    }
  };
  const ended = run();
  return {
    wakeUp,
    woken,
    at: (reason: Reason, time: number) => wakeUp.at(reason, zero + time),
    stop: async () => {
      abort.abort();
      await ended;
    },
  };
}

describe('WakeUp', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
  afterEach(() => void vi.useRealTimers());

  it('wakes at the time that was asked for, and not before', async () => {
    const { at, woken, stop } = setUp();
    at('verify', 1000);
    await vi.advanceTimersByTimeAsync(999);
    expect(woken).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(woken).toEqual(['1000: verify']);
    await stop();
  });

  it('hands out together what is due together, each once', async () => {
    const { at, woken, stop } = setUp();
    at('retry', 100);
    at('verify', 50);
    at('tidy', 100);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(woken).toEqual(['50: verify', '100: retry tidy']);
    await stop();
  });

  it.each<{ name: string; ask: (at: (reason: Reason, time: number) => void, wakeUp: WakeUp) => void; woken: string[] }>(
    [
      {
        name: 'of two times for one reason the later one counts, too',
        ask: at => [10, 500].forEach(time => at('retry', time)),
        woken: ['500: retry'],
      },
      { name: 'or an earlier one', ask: at => [500, 10].forEach(time => at('retry', time)), woken: ['10: retry'] },
      { name: 'a time that is past is now', ask: at => at('drift', -5000), woken: ['0: drift'] },
      {
        name: 'what is taken back does not wake',
        ask: (at, wakeUp) => {
          at('retry', 10);
          at('tidy', 20);
          wakeUp.cancel('retry');
        },
        woken: ['20: tidy'],
      },
    ],
  )('$name', async ({ ask, woken: expected }) => {
    const { at, wakeUp, woken, stop } = setUp();
    await vi.advanceTimersByTimeAsync(0);
    ask(at, wakeUp);
    await vi.advanceTimersByTimeAsync(5000);
    expect(woken).toEqual(expected);
    await stop();
  });

  it.each([
    { name: 'a fraction of a millisecond', time: 10.4, woken: ['11: retry'] },
    { name: 'more than a timer can take', time: 2 ** 40, woken: [] },
  ])('arms one timer for $name, and does not look again and again', async ({ time, woken: expected }) => {
    const { at, woken, stop } = setUp();
    await vi.advanceTimersByTimeAsync(0);
    const arm = vi.spyOn(globalThis, 'setTimeout');
    at('retry', time);
    await vi.advanceTimersByTimeAsync(5000);
    expect(arm).toHaveBeenCalledOnce();
    expect(woken).toEqual(expected);
    await stop();
  });

  it('keeps what falls due while nobody waits', async () => {
    const wakeUp = new WakeUp();
    wakeUp.at('retry', performance.now() + 10);
    await vi.advanceTimersByTimeAsync(1000);
    expect(await wakeUp.wait(new AbortController().signal)).toEqual(new Set(['retry']));
  });

  it('tells when a reason is due, until it was handed out', async () => {
    const { at, wakeUp, stop } = setUp();
    const now = performance.now();
    expect(wakeUp.dueAt('retry')).toBeUndefined();
    at('retry', 10);
    expect(wakeUp.dueAt('retry')).toBe(now + 10);
    await vi.advanceTimersByTimeAsync(10);
    expect(wakeUp.dueAt('retry')).toBeUndefined();
    await stop();
  });

  it('ends with no reason when it is aborted, and leaves no timer behind', async () => {
    const { at, woken, stop } = setUp();
    at('verify', 60_000);
    await vi.advanceTimersByTimeAsync(1);
    await stop();
    expect(woken).toEqual(['1:']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does not wait at all where it was aborted before', async () => {
    const wakeUp = new WakeUp();
    wakeUp.at('start', 0);
    expect(await wakeUp.wait(AbortSignal.abort())).toEqual(new Set());
  });
});
