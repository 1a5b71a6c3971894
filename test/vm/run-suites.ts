import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { notRun } from '../levels/outcome.ts';
import type { LevelOutcome } from '../levels/outcome.ts';
import { runInGuest } from './guest.ts';
import { RESULTS } from './suites.ts';
import type { Suite } from './suites.ts';

export interface SuiteRun {
  /** The folder for reports and the evidence of failures: each suite has one of its own there. */
  readonly results: string;
  /** How many guests run at a time. */
  readonly jobs: number;
  /** Ends all guests. */
  readonly signal: AbortSignal;
}

/** Runs one suite in a guest of its own and shows what it prints. What is skipped there is tested nowhere: it failed. */
async function runSuite(suite: Suite, { results, signal }: SuiteRun): Promise<LevelOutcome> {
  const { name, command, memoryMb, modules, timeoutSeconds, read } = suite;
  const folder = join(results, name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const onLine = (line: string): void => console.log(`${name} | ${line}`);
  const exports = [{ folder, at: RESULTS }];
  try {
    const code = await runInGuest({ command, memoryMb, modules, timeoutSeconds, exports, onLine, signal });
    const outcome = await read(folder, { code, signal: null, tail: '' });
    const { failed, skipped, failures } = outcome;
    if (!skipped) return outcome;
    return { ...outcome, failed: failed + skipped, failures: [...failures, `${skipped} skipped`] };
  } catch (error) {
    return notRun(error instanceof Error ? error.message : String(error));
  }
}

/** Runs suites, in their order and several at a time, and prints how each went. Resolves to their sum. */
export async function runSuites(suites: readonly Suite[], run: SuiteRun): Promise<{ passed: number; failed: number }> {
  const sum = { passed: 0, failed: 0 };
  const lines: string[] = [];
  const queue = [...suites];
  const worker = async (): Promise<void> => {
    for (let suite = queue.shift(); suite && !run.signal.aborted; suite = queue.shift()) {
      const began = Date.now();
      const { passed, failed, failures } = await runSuite(suite, run);
      const seconds = ((Date.now() - began) / 1000).toFixed(1);
      const told = [`${suite.name}: ${passed} passed, ${failed} failed (${seconds} s)`, ...failures.map(f => `  ${f}`)];
      console.log(told.join('\n'));
      lines.push(...told);
      sum.passed += passed;
      sum.failed += failed;
    }
  };
  await Promise.all(Array.from({ length: run.jobs }, worker));
  // Once more, since all that the guests printed is between them.
  if (suites.length > 1) console.log(`\n${lines.join('\n')}\n`);
  return sum;
}
