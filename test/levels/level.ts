// All levels of tests, in the order in which they run. docs/testing.md tells what each is for; a new level is a new
// entry here and there.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { conformanceOutcome, countedOutcome, toolOutcome, vitestOutcome } from './outcome.ts';
import type { ConformanceReport, LevelOutcome, ToolEnd, VitestReport } from './outcome.ts';

/** What the levels are told by the command line. */
export interface LevelOptions {
  /** How many conformance scenarios run at a time. */
  readonly jobs: number;
  /** Deadlines of conformance scenarios are stretched by this factor. */
  readonly patience: number;
  /** Globs of the scenarios that run with the other nft, too; all of them if there are none. */
  readonly otherNft: readonly string[];
  /** The folder for reports. */
  readonly reports: string;
}

export interface Level {
  readonly name: string;
  /** The program and its arguments. */
  readonly command: (options: LevelOptions) => readonly [string, ...string[]];
  /** Reads what came of it; throws where the report that it should have written is not there. */
  readonly read: (end: ToolEnd, options: LevelOptions) => Promise<LevelOutcome>;
  /** It is ended after so many minutes. */
  readonly minutes: number;
}

const reportOf = (name: string, { reports }: LevelOptions): string => join(reports, `${name}.json`);

async function json<T>(path: string): Promise<T> {
  const value: T = JSON.parse(await readFile(path, 'utf8'));
  return value;
}

const tool = (name: string, ...command: [string, ...string[]]): Level => ({
  name,
  command: () => command,
  read: end => Promise.resolve(toolOutcome(end)),
  minutes: 10,
});

const program = (name: string, path: string): Level => ({
  name,
  command: () => [process.execPath, path],
  read: end => Promise.resolve(countedOutcome(end)),
  minutes: 30,
});

/** A project of vitest.config.ts. */
const vitest = (name: string): Level => ({
  name,
  command: options => [
    process.execPath,
    'node_modules/vitest/vitest.mjs',
    'run',
    '--project',
    name,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${reportOf(name, options)}`,
  ],
  read: async (end, options) => vitestOutcome(await json<VitestReport>(reportOf(name, options)), end),
  minutes: 30,
});

/** The conformance suite; the shell finds the nft, which may have to be unpacked first. */
const conformance = (name: string, own: (options: LevelOptions) => readonly string[], nft = ''): Level => ({
  name,
  command: options => {
    const { jobs, patience, reports } = options;
    const command = [process.execPath, 'test/conformance/run.ts', '--proxy', join(process.cwd(), 'dist/sluice')];
    command.push('--not-yet', 'test/conformance/not-yet.ts', '--jobs', String(jobs), '--patience', String(patience));
    command.push('--results', join(reports, name), '--json', reportOf(name, options), ...own(options));
    return ['bash', '-c', `set -e; nft=${nft || "''"}; exec "$@" \${nft:+--nft "$nft"}`, name, ...command];
  },
  read: async (end, options) => conformanceOutcome(await json<ConformanceReport>(reportOf(name, options)), end),
  minutes: 90,
});

/** In a virtual machine: skipped, by name, where there is none for this machine, and failed in CI. */
const vm: Level = {
  name: 'vm',
  command: ({ reports }) => [process.execPath, 'test/vm/run.ts', '--brief', '--results', join(reports, 'vm')],
  read: end => Promise.resolve(countedOutcome(end)),
  minutes: 45,
};

export const LEVELS: readonly Level[] = [
  tool('types', 'tsc', '-p', '.'),
  tool('lint', 'oxlint', '--type-aware', '--deny-warnings'),
  tool('format', 'prettier', '--check', '--log-level', 'warn', '.'),
  vitest('unit'),
  vitest('property'),
  tool('other-nft', 'scripts/nft-of', 'other'),
  vitest('kernel'),
  vitest('fault'),
  tool('deploy-tools', 'scripts/deploy-tools'),
  vitest('deploy'),
  program('demo', 'test/demo/main.ts'),
  conformance('conformance', () => []),
  conformance(
    'conformance-other-nft',
    ({ otherNft }) => otherNft.flatMap(glob => ['--only', glob]),
    '"$(scripts/nft-of other)"',
  ),
  vm,
];
