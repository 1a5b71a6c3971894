// Telling how it went: on the terminal, as JSON, as JUnit XML.

import { writeFile } from 'node:fs/promises';
import { FLAKY_AT_MOST, tally } from './verdict.ts';
import type { Outcome, Verdict } from './verdict.ts';

const COLORS = { passed: 32, failed: 31, skipped: 33 };
const LABELS = { passed: 'PASS', failed: 'FAIL', skipped: 'SKIP' };

const paint = (status: Outcome['status'], text: string): string =>
  process.stdout.isTTY ? `\x1b[${COLORS[status]}m${text}\x1b[0m` : text;

const indent = (text: string): string => text.replaceAll(/^/gm, '        ');

/** Prints how one attempt went; `note` is set behind, in parentheses. */
export function printOutcome({ id, status, seconds = 0, lacking, failure, evidence }: Outcome, note = ''): void {
  const shown = status === 'skipped' ? `needs ${lacking?.join(', ')}` : `${seconds.toFixed(1)} s`;
  console.log(`${paint(status, LABELS[status])}  ${id}  (${shown}${note && `; ${note}`})`);
  if (!failure) return;
  const { at, why, expected, seen, log } = failure;
  console.log(`      at ${at}\n      ${why}`);
  if (expected !== undefined) console.log(`      expected  ${expected}`);
  if (seen !== undefined) console.log(`      seen      ${seen}`);
  console.log(`      the proxy's last lines:\n${indent(log || '(none)')}`);
  if (evidence !== undefined) console.log(`      more in ${evidence}`);
}

/** Prints, by name, what neither passed nor was skipped, and as the last line the numbers. */
export function printSummary(verdicts: readonly Verdict[]): void {
  const { passed, failed, skipped, expected, flaky } = tally(verdicts);
  const list = (status: Verdict['status'], tell: (verdict: Verdict) => string) => {
    for (const verdict of verdicts) if (verdict.status === status) console.log(`  ${verdict.id}: ${tell(verdict)}`);
  };
  if (expected) console.log(`\n${expected} expected to fail:`);
  list('expected', ({ reason = '' }) => reason);
  if (flaky) console.log(`\n${flaky} flaky${flaky > FLAKY_AT_MOST ? ', which is too many' : ''}:`);
  list('flaky', ({ failure }) => `failed at first (${failure?.why}), then passed alone`);
  if (verdicts.some(verdict => verdict.status === 'failed')) console.log('\nfailed:');
  list('failed', ({ failure }) => `${failure?.at}: ${failure?.why}`);
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
}

/** Writes what is known about the run and all verdicts as JSON. */
export async function writeJson(path: string, run: object, verdicts: readonly Verdict[]): Promise<void> {
  await writeFile(path, `${JSON.stringify({ ...run, ...tally(verdicts), scenarios: verdicts }, null, 2)}\n`);
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

const escape = (text: string): string =>
  text.replaceAll(/[&<>"]/g, c => ENTITIES[c] ?? c).replaceAll(/[^\P{Cc}\t\n\r]/gu, '');

function junitBody({ status, lacking, failure, reason }: Verdict): string {
  if (status === 'skipped') return `<skipped message="needs ${escape(lacking?.join(', ') ?? '?')}"/>`;
  if (status === 'expected') return `<skipped message="not yet: ${escape(reason ?? '?')}"/>`;
  if (status !== 'failed' || !failure) return '';
  const { at, why, expected = '-', seen = '-', log } = failure;
  const text = `${at}\nexpected: ${expected}\nseen: ${seen}\n\n${log}`;
  return `<failure message="${escape(why)}">${escape(text)}</failure>`;
}

function junitCase(verdict: Verdict): string {
  const [topic = '', ...rest] = verdict.id.split('/');
  const time = (verdict.seconds ?? 0).toFixed(3);
  const attributes = `classname="${escape(topic)}" name="${escape(rest.join('/'))}" time="${time}"`;
  return `  <testcase ${attributes}>${junitBody(verdict)}</testcase>\n`;
}

/** Writes all verdicts as JUnit XML. */
export async function writeJUnit(path: string, verdicts: readonly Verdict[]): Promise<void> {
  const { failed, skipped, expected } = tally(verdicts);
  const counts = `tests="${verdicts.length}" failures="${failed}" skipped="${skipped + expected}"`;
  const suite = `<testsuite name="conformance" ${counts}>\n${verdicts.map(junitCase).join('')}</testsuite>\n`;
  await writeFile(path, `<?xml version="1.0" encoding="UTF-8"?>\n${suite}`);
}
