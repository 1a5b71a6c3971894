// Runs test suites, or any command, on Debian's kernel, in virtual machines without KVM: what this machine's own kernel
// lacks, or does differently. The last line of suites is `N passed, N failed`; the exit status is 0 only if there were
// tests and none failed. A command's exit status is its own.

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { notRun } from '../levels/outcome.ts';
import type { LevelOutcome } from '../levels/outcome.ts';
import { runInGuest } from './guest.ts';
import { IPVS_MODULES, RESULTS, SUITES } from './suites.ts';
import type { Suite } from './suites.ts';

const USAGE = `usage: run.ts [options]

  --suite <name>     only this suite (may be repeated)
  --results <dir>    where reports and the evidence of failures go (default: .cache/vm-results)
  --list             list the suites
  --command <text>   run this shell command in a guest instead: as root, in the project's folder; all is read-only but
                     for /tmp, /run (both empty) and ${RESULTS}, which is the folder of --results
  --minutes <n>      end a guest with a command after so long (default 10)
`;
const INTERRUPTED_STATUS = 130;
const COMMAND_MEMORY_MB = 2048;
const PROJECT = resolve(import.meta.dirname, '../..');

const { values: options } = parseArgs({
  options: {
    suite: { type: 'string', multiple: true, default: [] },
    results: { type: 'string', default: join(PROJECT, '.cache/vm-results') },
    list: { type: 'boolean', default: false },
    command: { type: 'string' },
    minutes: { type: 'string', default: '10' },
    help: { type: 'boolean', default: false },
  },
});

/** The suites to run; throws for a name that none has. */
function chosenSuites(): Suite[] {
  const unknown = options.suite.filter(name => !SUITES.some(suite => suite.name === name));
  if (unknown.length) throw new Error(`no such suite: ${unknown.join(', ')}`);
  return SUITES.filter(({ name }) => !options.suite.length || options.suite.includes(name));
}

/** Throws where something is missing that a guest needs. */
function prepareGuest(): void {
  if (process.getuid?.() !== 0) throw new Error('the guest reads the files of this machine as root: needs root');
  execFileSync(join(PROJECT, 'scripts/vm-setup'), { stdio: 'inherit' });
}

/** Throws where something is missing that the suites need, besides. */
function prepareSuites(): void {
  if (!existsSync(join(PROJECT, 'dist/sluice'))) throw new Error('there is no dist/sluice: make build');
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

/** Runs a command in a guest and shows what it prints. Resolves to its exit status. */
async function runCommand(command: string, signal: AbortSignal): Promise<number> {
  prepareGuest();
  const folder = resolve(options.results);
  await mkdir(folder, { recursive: true });
  return runInGuest({
    command,
    memoryMb: COMMAND_MEMORY_MB,
    modules: IPVS_MODULES,
    timeoutSeconds: Number(options.minutes) * 60,
    exports: [{ folder, at: RESULTS }],
    onLine: line => console.log(line),
    signal,
  });
}

/** All at once: a guest has one processor, and waits a good deal. */
async function runSuites(suites: readonly Suite[], signal: AbortSignal): Promise<boolean> {
  prepareGuest();
  prepareSuites();
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

/** Resolves to the exit status. */
async function main(signal: AbortSignal): Promise<number> {
  const { help, list, command } = options;
  if (help || list) {
    console.log(help ? USAGE : SUITES.map(({ name }) => name).join('\n'));
    return 0;
  }
  if (command !== undefined) return runCommand(command, signal);
  return (await runSuites(chosenSuites(), signal)) ? 0 : 1;
}

const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupt.abort());
try {
  const status = await main(interrupt.signal);
  process.exitCode = interrupt.signal.aborted ? INTERRUPTED_STATUS : status;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
