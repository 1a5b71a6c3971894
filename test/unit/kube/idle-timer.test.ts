import { expect, test } from 'vitest';
import { IdleTimer } from '../../../src/kube/idle-timer.ts';
import { ManualClock } from './manual-clock.ts';

function make(): { clock: ManualClock; calls: number[]; idle: IdleTimer } {
  const clock = new ManualClock();
  const calls: number[] = [];
  return { clock, calls, idle: new IdleTimer(clock, limitMs => calls.push(limitMs)) };
}

test('calls once, a limit after the last sign of life', () => {
  const { clock, calls, idle } = make();
  idle.start(1000);
  clock.advance(900);
  idle.touch();
  clock.advance(999);
  expect(calls).toEqual([]);
  clock.advance(1);
  expect(calls).toEqual([1000]);
  clock.advance(10_000);
  expect(calls).toEqual([1000]);
});

test('has one timer however often it is touched', () => {
  const { clock, idle } = make();
  idle.start(1000);
  for (let i = 0; i < 100; i += 1) idle.touch();
  expect(clock.pending).toBe(1);
});

test('does not call after stop, and counts anew after another start', () => {
  const { clock, calls, idle } = make();
  idle.start(1000);
  clock.advance(900);
  idle.start(2000);
  clock.advance(1999);
  idle.stop();
  clock.advance(10_000);
  expect(calls).toEqual([]);
});

test('a clock that is set back a year does not make it wait for a year', () => {
  const { clock, calls, idle } = make();
  idle.start(1000);
  clock.set(-365 * 86_400_000);
  clock.advance(1000);
  expect(calls).toEqual([]);
  expect(clock.pending).toBe(1);
  idle.touch();
  clock.advance(1000);
  expect(calls).toEqual([1000]);
});
