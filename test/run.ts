// Runs all levels of tests, one after the other, whatever fails on the way. The last line is `N passed, N failed`,
// summed over all of them; the exit status is 0 only if there were tests and none failed.

import { mkdir, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { LEVELS } from './levels/level.ts';
import type { Level, LevelOptions } from './levels/level.ts';
import type { LevelOutcome } from './levels/outcome.ts';
import { runLevel } from './levels/run-level.ts';

const USAGE = `usage: run.ts [options]

  --only <levels>       only these levels, with commas between them
  --skip <levels>       all but these
  --jobs <n>            conformance scenarios at a time (default 4)
  --patience <x>        stretch the deadlines of conformance scenarios
  --other-nft <globs>   of the scenarios, only these with the other nft, with commas between them
  --list                list the levels
`;

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    skip: { type: 'string', default: '' },
    jobs: { type: 'string', default: '4' },
    patience: { type: 'string', default: '1' },
    'other-nft': { type: 'string', default: '' },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const listed = (text: string): string[] => text.split(',').filter(Boolean);

/** The levels to run; throws for a name that none has. */
function chosenLevels(): Level[] {
  const [only, skip] = [listed(values.only), listed(values.skip)];
  const unknown = [...only, ...skip].filter(name => !LEVELS.some(level => level.name === name));
  if (unknown.length) throw new Error(`no such level: ${unknown.join(', ')}`);
  return LEVELS.filter(({ name }) => (!only.length || only.includes(name)) && !skip.includes(name));
}

function describeOutcome({ passed, failed, skipped }: LevelOutcome): string {
  return `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`;
}

async function runAll(levels: readonly Level[], options: LevelOptions): Promise<boolean> {
  await rm(options.reports, { recursive: true, force: true });
  await mkdir(options.reports, { recursive: true });
  const summary: string[] = [];
  const failures: string[] = [];
  const sum = { passed: 0, failed: 0 };
  for (const [index, level] of levels.entries()) {
    const where = `[${index + 1}/${levels.length}] ${level.name}`;
    console.log(`\n${where}`);
    const began = Date.now();
    const outcome = await runLevel(level, options);
    const line = `${describeOutcome(outcome)} (${((Date.now() - began) / 1000).toFixed(1)} s)`;
    console.log(`${where}: ${line}`);
    summary.push(`  ${level.name.padEnd(24)} ${line}`);
    failures.push(...outcome.failures.map(failure => `  ${level.name}: ${failure}`));
    sum.passed += outcome.passed;
    sum.failed += outcome.failed;
  }
  console.log(`\n${summary.join('\n')}`);
  if (failures.length) console.log(`\nfailed:\n${failures.join('\n')}`);
  console.log(`\n${sum.passed} passed, ${sum.failed} failed`);
  return sum.passed > 0 && sum.failed === 0;
}

async function main(): Promise<number> {
  if (values.help || values.list) {
    console.log(values.help ? USAGE : LEVELS.map(({ name }) => name).join('\n'));
    return 0;
  }
  const isGood = await runAll(chosenLevels(), {
    jobs: Number(values.jobs),
    patience: Number(values.patience),
    otherNft: listed(values['other-nft']),
    reports: resolve('.cache/reports'),
  });
  return isGood ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
