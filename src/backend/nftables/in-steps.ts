import { setImmediate } from 'node:timers/promises';

/** So long a piece of work may keep others waiting. */
const TURN_MS = 15;

/** Runs work that is cut in steps; probes are answered in between. @returns what the work returns */
export async function inSteps<T>(steps: Generator<void, T>): Promise<T> {
  let turn = performance.now();
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    if (performance.now() - turn < TURN_MS) continue;
    await setImmediate();
    turn = performance.now();
  }
}
