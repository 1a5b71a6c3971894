// What a level of tests came to, read from what its tool reports. Nothing here reads or writes anything.

import { reasonNotYet } from '../conformance/lib/verdict.ts';
import type { NotYet } from '../conformance/lib/verdict.ts';

export interface LevelOutcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** One line for each failure. */
  readonly failures: readonly string[];
}

/** How the tool's process ended: its exit status, or the signal, and the end of what it printed. */
export interface ToolEnd {
  readonly code: number | null;
  readonly signal: string | null;
  readonly tail: string;
}

/** The part of Vitest's JSON report (the one of Jest) that is read. */
export interface VitestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages?: readonly string[] | null;
    }[];
  }[];
}

/** The part of the conformance suite's JSON report that is read. */
export interface ConformanceReport {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly expected: number;
  readonly flaky: number;
  readonly scenarios: readonly {
    readonly id: string;
    readonly status: string;
    readonly failure?: { readonly at: string; readonly why: string };
  }[];
}

const describeEnd = ({ code, signal }: ToolEnd): string =>
  signal ? `ended by ${signal}` : `exited with status ${code ?? '?'}`;

const firstLine = (text = ''): string => text.split('\n', 1)[0] ?? '';

/** What could not be run counts as one failure. */
export const notRun = (why: string): LevelOutcome => ({ passed: 0, failed: 1, skipped: 0, failures: [why] });

/** No level may fail, or have no tests at all, without saying so in its numbers. */
function honest(outcome: LevelOutcome, end: ToolEnd): LevelOutcome {
  if (outcome.failed) return outcome;
  const why = describeEnd(end);
  if (end.code !== 0) return { ...outcome, failed: 1, failures: [why] };
  return outcome.passed ? outcome : { ...outcome, failed: 1, failures: ['nothing was tested'] };
}

/** A tool that only passes or fails: its exit status tells. */
export const toolOutcome = (end: ToolEnd): LevelOutcome =>
  honest({ passed: end.code === 0 ? 1 : 0, failed: 0, skipped: 0, failures: [] }, end);

/**
 * A program that counts its checks in a last line `N passed, N failed`, and `, N skipped` where it skipped some; one that
 * does not is judged as a tool.
 */
export function countedOutcome(end: ToolEnd): LevelOutcome {
  const counts = /(?:^|\n)(\d+) passed, (\d+) failed(?:, (\d+) skipped)?[^\n]*\s*$/.exec(end.tail);
  if (!counts) return toolOutcome(end);
  const [passed = 0, failed = 0, skipped = 0] = counts.slice(1).map(count => Number(count ?? 0));
  const outcome = { passed, failed, skipped, failures: failed ? [`${failed} failed`] : [] };
  // A program that says how much it skipped, and why, may have done nothing else; one in CI ends with an error instead.
  return skipped && end.code === 0 ? outcome : honest(outcome, end);
}

/** Vitest: counts tests, and a file that could not be loaded as one that failed. */
export function vitestOutcome({ testResults }: VitestReport, end: ToolEnd): LevelOutcome {
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  const count = (...statuses: string[]) => tests.filter(({ status }) => statuses.includes(status)).length;
  const failures = testResults.flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults.filter(test => test.status === 'failed');
    if (!failed.length) return status === 'failed' ? [`${name}: ${firstLine(message)}`] : [];
    return failed.map(test => `${name}: ${test.fullName}: ${firstLine(test.failureMessages?.[0])}`);
  });
  const skipped = count('pending', 'skipped', 'todo', 'disabled');
  return honest({ passed: count('passed'), failed: failures.length, skipped, failures }, end);
}

/** The conformance suite. Scenarios that are expected to fail are shown among the skipped ones. */
export function conformanceOutcome(report: ConformanceReport, end: ToolEnd): LevelOutcome {
  const { passed, failed, skipped, expected, flaky, scenarios } = report;
  const bad = scenarios.filter(({ status }) => status === 'failed' || (status === 'flaky' && failed > 0));
  const failures = bad.map(({ id, status, failure }) => `${id}: ${status}: ${failure?.at}: ${failure?.why}`);
  const tooFlaky = failed > 0 && flaky > 0 ? [`${flaky} scenarios were flaky`] : [];
  return honest({ passed, failed, skipped: skipped + expected, failures: [...failures, ...tooFlaky] }, end);
}

/**
 * The conformance suite where all scenarios are to be run but for those that are listed with a reason: these are no more
 * than that, and one that was skipped without a reason counts as failed.
 */
export function listedOutcome(report: ConformanceReport, end: ToolEnd, list: NotYet): LevelOutcome {
  const isMissing = ({ id, status }: { id: string; status: string }): boolean =>
    status === 'skipped' && reasonNotYet(id, list) === undefined;
  const missing = report.scenarios.filter(isMissing).map(({ id }) => `${id}: skipped, and not listed`);
  const { passed, failed, failures } = conformanceOutcome(report, end);
  return { passed, failed: failed + missing.length, skipped: 0, failures: [...failures, ...missing] };
}
