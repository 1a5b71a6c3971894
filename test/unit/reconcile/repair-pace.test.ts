import { describe, expect, it } from 'vitest';
import { REPAIR_PACE, RepairPace } from '../../../src/reconcile/repair-pace.ts';

const { gatherMs, restMs, burst, refillMs, firstDelayMs, maxDelayMs, quietMs } = REPAIR_PACE;

/** Somebody changes something every so many milliseconds, and each comparison takes no time. @returns when they were */
function comparisons(
  pace: RepairPace,
  { from = 0, everyMs, forMs }: { from?: number; everyMs: number; forMs: number },
) {
  const times: number[] = [];
  let due: number | undefined;
  for (let now = from; now < from + forMs; now += everyMs) {
    while (due !== undefined && due <= now) {
      times.push(due);
      pace.comparing();
      pace.compared(due);
      due = undefined;
    }
    due = pace.changed(now) ?? due;
  }
  return times;
}

describe('RepairPace', () => {
  it('compares at once what is rare', () => {
    const pace = new RepairPace();
    expect(comparisons(pace, { everyMs: 20_000, forMs: 100_000 })).toEqual(
      [0, 1, 2, 3].map(i => i * 20_000 + gatherMs),
    );
    expect(pace.isContested).toBe(false);
  });

  it('compares once what comes together', () => {
    const pace = new RepairPace();
    expect([0, 5, 10].map(now => pace.changed(now))).toEqual([gatherMs, undefined, undefined]);
    pace.comparing();
    // What comes during a comparison it may have missed.
    expect(pace.changed(30)).toBe(30 + gatherMs);
    pace.compared(40);
    pace.comparing();
    expect(pace.changed(50)).toBe(40 + restMs);
  });

  it('bears with a change a second for a while, each repaired within the second', () => {
    const pace = new RepairPace();
    const times = comparisons(pace, { everyMs: 1000, forMs: burst * 1000 });
    expect(times).toHaveLength(burst - 1);
    for (const [i, time] of times.entries()) expect(time - i * 1000).toBe(gatherMs);
  });

  it('holds back where somebody keeps writing: twice as long each time, up to a limit', () => {
    const pace = new RepairPace();
    const times = comparisons(pace, { everyMs: 10, forMs: 300_000 });
    expect(pace.isContested).toBe(true);
    const distances = times.slice(burst).map((time, i) => Math.round((time - times[burst - 1 + i]!) / 100) * 100);
    expect(distances.slice(0, 7)).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    expect(pace.delayMs).toBe(maxDelayMs);
    // Not more than so many, however many changes there are.
    expect(times.length).toBeLessThan(burst + 16);
  });

  it('is calm only when others have been quiet for long, then as in the beginning', () => {
    const pace = new RepairPace();
    comparisons(pace, { everyMs: 10, forMs: 20_000 });
    expect(pace.calm(20_000)).toBe(19_990 + quietMs);
    expect(pace.isContested).toBe(true);
    expect(pace.calm(19_990 + quietMs)).toBeUndefined();
    expect(pace.isContested).toBe(false);
    const from = 20_000 + quietMs;
    pace.comparing();
    expect(comparisons(pace, { from, everyMs: 1000, forMs: burst * 1000 })[0]).toBe(from + gatherMs);
  });

  it('allows one more with time', () => {
    const pace = new RepairPace();
    comparisons(pace, { everyMs: 200, forMs: burst * 200 });
    pace.comparing();
    pace.changed(refillMs + burst * 200);
    expect(pace.isContested).toBe(false);
    pace.comparing();
    pace.changed(refillMs + burst * 200 + 1);
    expect(pace.isContested).toBe(true);
  });

  it('comes nearer again where the writer is slow: each change is repaired at once then', () => {
    const pace = new RepairPace();
    comparisons(pace, { everyMs: 10, forMs: 12_000 });
    expect(pace.delayMs).toBeGreaterThanOrEqual(4000);
    pace.comparing();
    pace.compared(12_000);
    const from = 12_000 + 2 * maxDelayMs;
    const times = comparisons(pace, { from, everyMs: 20_000, forMs: 100_000 });
    for (const [i, time] of times.entries()) expect(time - from - i * 20_000).toBe(gatherMs);
    expect(pace.delayMs).toBe(firstDelayMs);
    expect(pace.isContested).toBe(true);
  });

  it('begins the distance with its least', () => {
    const pace = new RepairPace({ ...REPAIR_PACE, burst: 0 });
    expect(pace.changed(0)).toBe(gatherMs);
    expect(pace.delayMs).toBe(firstDelayMs);
  });
});
