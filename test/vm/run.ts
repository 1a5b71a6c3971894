// Runs test suites, or any command, on Debian's kernel, in virtual machines without KVM: what this machine's own kernel
// lacks, or does differently. The last line of suites is `N passed, N failed`; the exit status is 0 only if there were
// tests and none failed. A command's exit status is its own.

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { runInGuest } from './guest.ts';
import { runSuites } from './run-suites.ts';
import { IPVS_MODULES, RESULTS, SUITES, suitesOf } from './suites.ts';
import type { Suite } from './suites.ts';

const USAGE = `usage: run.ts [options]

  --suite <name>     only this suite (may be repeated)
  --brief            of the suites that take long, only a part
  --jobs <n>         so many guests at a time (default: as many as there are processors)
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
    brief: { type: 'boolean', default: false },
    jobs: { type: 'string', default: String(availableParallelism()) },
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
  if (!options.suite.length) return suitesOf(options.brief ? 'part' : 'full');
  return SUITES.filter(({ name }) => options.suite.includes(name));
}

function positive(name: 'jobs' | 'minutes'): number {
  const value = Number(options[name]);
  if (!(value > 0)) throw new Error(`--${name} takes a number above 0, not ${options[name]}`);
  return value;
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

/** Runs a command in a guest and shows what it prints. Resolves to its exit status. */
async function runCommand(command: string, signal: AbortSignal): Promise<number> {
  const timeoutSeconds = positive('minutes') * 60;
  prepareGuest();
  const folder = resolve(options.results);
  await mkdir(folder, { recursive: true });
  return runInGuest({
    command,
    memoryMb: COMMAND_MEMORY_MB,
    modules: IPVS_MODULES,
    timeoutSeconds,
    exports: [{ folder, at: RESULTS }],
    onLine: line => console.log(line),
    signal,
  });
}

/** The guest runs the machine's own programs, and scripts/vm-setup knows the kernel for those of amd64 only. */
function tellUnfit(): string | undefined {
  return process.arch === 'x64' ? undefined : `this machine is ${process.arch}, and a guest is amd64`;
}

/** Resolves to the exit status. */
async function main(signal: AbortSignal): Promise<number> {
  const { help, list, command, results } = options;
  if (help || list) {
    console.log(help ? USAGE : SUITES.map(({ name }) => name).join('\n'));
    return 0;
  }
  const suites = chosenSuites();
  const jobs = Math.ceil(positive('jobs'));
  const unfit = tellUnfit();
  if (unfit !== undefined) {
    // As with other tests that this machine cannot run: named and skipped, but in CI they fail.
    if (command !== undefined || process.env['CI']) throw new Error(`tests in a virtual machine: ${unfit}`);
    console.log(`skipped: tests in a virtual machine: ${unfit}\n0 passed, 0 failed, ${suites.length} skipped`);
    return 0;
  }
  if (command !== undefined) return runCommand(command, signal);
  prepareGuest();
  prepareSuites();
  const { passed, failed } = await runSuites(suites, { results: resolve(results), jobs, signal });
  if (!signal.aborted) console.log(`${passed} passed, ${failed} failed`);
  return passed > 0 && failed === 0 ? 0 : 1;
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
