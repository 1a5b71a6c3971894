// Runs test suites on Debian's kernel, in virtual machines without KVM: what this machine's own kernel lacks, or does
// differently. The last line is `N passed, N failed`; the exit status is 0 only if there were tests and none failed.

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { notRun } from '../levels/outcome.ts';
import type { LevelOutcome } from '../levels/outcome.ts';
import { runInGuest } from './guest.ts';
import { RESULTS, SUITES } from './suites.ts';
import type { Suite } from './suites.ts';

const USAGE = `usage: run.ts [options]

  --suite <name>     only this suite (may be repeated)
  --results <dir>    where reports and the evidence of failures go (default: .cache/vm-results)
  --list             list the suites
`;
const INTERRUPTED_STATUS = 130;
const PROJECT = resolve(import.meta.dirname, '../..');

const { values: options } = parseArgs({
  options: {
    suite: { type: 'string', multiple: true, default: [] },
    results: { type: 'string', default: join(PROJECT, '.cache/vm-results') },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

/** The suites to run; throws for a name that none has. */
function chosenSuites(): Suite[] {
  const unknown = options.suite.filter(name => !SUITES.some(suite => suite.name === name));
  if (unknown.length) throw new Error(`no such suite: ${unknown.join(', ')}`);
  return SUITES.filter(({ name }) => !options.suite.length || options.suite.includes(name));
}

/** Throws where something is missing that the suites need. */
function prepare(): void {
  if (process.getuid?.() !== 0) throw new Error('the guest reads the files of this machine as root: needs root');
  if (!existsSync(join(PROJECT, 'dist/sluice'))) throw new Error('there is no dist/sluice: make build');
  execFileSync(join(PROJECT, 'scripts/vm-setup'), { stdio: 'inherit' });
  execFileSync(join(PROJECT, 'scripts/nft-of'), ['other'], { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Runs one suite in a guest of its own and shows what it prints. What is skipped there is tested nowhere: it failed. */
async function runSuite(suite: Suite, signal: AbortSignal): Promise<LevelOutcome> {
  const { name, command, memoryMb, modules, timeoutSeconds, read } = suite;
  const folder = join(resolve(options.results), name);
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

/** All at once: a guest has one processor, and waits a good deal. */
async function main(signal: AbortSignal): Promise<boolean> {
  if (options.help || options.list) {
    console.log(options.help ? USAGE : SUITES.map(({ name }) => name).join('\n'));
    return true;
  }
  const suites = chosenSuites();
  prepare();
  const sum = { passed: 0, failed: 0 };
  const running = suites.map(async suite => {
    const began = Date.now();
    const { passed, failed, failures } = await runSuite(suite, signal);
    console.log(`${suite.name}: ${passed} passed, ${failed} failed (${((Date.now() - began) / 1000).toFixed(1)} s)`);
    for (const failure of failures) console.log(`  ${suite.name}: ${failure}`);
    sum.passed += passed;
    sum.failed += failed;
  });
  await Promise.all(running);
  if (signal.aborted) return false;
  console.log(`${sum.passed} passed, ${sum.failed} failed`);
  return sum.passed > 0 && sum.failed === 0;
}

const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupt.abort());
try {
  const isGood = await main(interrupt.signal);
  process.exitCode = interrupt.signal.aborted ? INTERRUPTED_STATUS : Number(!isGood);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
