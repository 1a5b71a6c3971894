// How long an expectation is tried, and how long one attempt may take.

import { sleep } from '../exec.ts';
import { expectsFailure } from '../expectations.ts';
import type { Expectation } from '../expectations.ts';
import type { Timing } from '../step.ts';
import type { World } from '../world.ts';
import { Failure } from './failure.ts';

const WITHIN_SECONDS = 10;
const PAUSE_MS = 100;
/** An expectation that is asked to be stable must hold in several rounds in a row, for at least this long. */
const STABLE = { rounds: 2, ms: 400 };
/** A TCP sender may learn of an IPv6 rejection only from its second SYN, a second later. */
const FAILURE_TIMEOUT_MS = { 4: 1000, 6: 2300 };
const ANSWER_TIMEOUT_MS = 1000;

/** Milliseconds that one attempt may take. Patience can only make it longer. */
export function timeoutFor(world: World, expect: Expectation, family: 4 | 6): number {
  const timeout = expectsFailure(expect) ? FAILURE_TIMEOUT_MS[family] : ANSWER_TIMEOUT_MS;
  return timeout * Math.max(1, world.patience);
}

/**
 * Repeats a round until it holds (several times in a row, if asked). A round resolves to why it does not hold. Throws
 * that once the time is up, and when the proxy has ended that should run.
 */
export async function eventually(
  world: World,
  { within = WITHIN_SECONDS, stable = false }: Timing,
  round: () => Promise<Failure | undefined>,
): Promise<void> {
  const deadline = Date.now() + within * 1000 * world.patience;
  let since = 0; // When the rounds in a row that hold began.
  for (let held = 0, rounds = 1; ; rounds += 1) {
    const began = Date.now();
    const failure = await round();
    held = failure ? 0 : held + 1;
    if (held === 1) since = began;
    if (held && (!stable || (held >= STABLE.rounds && Date.now() - since >= STABLE.ms))) return;
    if (failure && !world.memory.mayExit && world.memory.proxyExpected) world.mustRun();
    if (failure && Date.now() > deadline) {
      const tried = `${rounds} ${rounds === 1 ? 'round' : 'rounds'} in ${within * world.patience} s`;
      throw new Failure(`${failure.message} (${tried})`, failure);
    }
    await sleep(PAUSE_MS);
  }
}
