import { setImmediate } from 'node:timers/promises';

/** So long a piece of work may keep others waiting. */
const TURN_MS = 15;

/** Runs work that is cut in steps; probes are answered in between. @returns what the work returns */
export async function inSteps<T>(steps: Generator<void, T>): Promise<T> {
  const turns = new Turns();
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    if (turns.isOver) await turns.next();
  }
}

/** For long work that lets others have their turn. */
export class Turns {
  #began = performance.now();

  get isOver(): boolean {
    return performance.now() - this.#began >= TURN_MS;
  }

  async next(): Promise<void> {
    await setImmediate();
    this.#began = performance.now();
  }
}
