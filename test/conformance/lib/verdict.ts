// What the outcomes of a run amount to: a scenario that fails and, once repeated, passes is flaky; one that is on the
// list of those that do not pass yet is expected to fail. Nothing here reads or writes anything.

import { globToRegExp } from './glob.ts';

/** Scenario ids, or globs over them, and the reason why they do not pass yet. */
export type NotYet = Readonly<Record<string, string>>;

export interface FailureReport {
  readonly at: string;
  readonly why: string;
  readonly expected?: string | undefined;
  readonly seen?: string | undefined;
  /** The proxy's last lines. */
  readonly log: string;
}

/** How one attempt at a scenario went. */
export interface Outcome {
  readonly id: string;
  readonly name: string;
  readonly why: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  readonly seconds?: number;
  /** What was skipped for. */
  readonly lacking?: readonly string[];
  readonly failure?: FailureReport;
  /** The directory with the evidence of the failure. */
  readonly evidence?: string;
}

/** How a scenario counts in the end. A reason is given for those that count as `expected`. */
export interface Verdict extends Omit<Outcome, 'status'> {
  readonly status: 'passed' | 'failed' | 'skipped' | 'expected' | 'flaky';
  readonly reason?: string;
}

export interface Tally {
  /** Flaky ones included, as long as they are few. */
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly expected: number;
  readonly flaky: number;
}

/** More flaky scenarios than this fail the run. */
export const FLAKY_AT_MOST = 2;
/** Where more than this fail, something is broken, and repeating them all would tell nothing more. */
export const REPEATED_AT_MOST = 10;

/** The reason why a scenario is not expected to pass yet; undefined when it is not on the list. */
export const reasonNotYet = (id: string, notYet: NotYet): string | undefined =>
  Object.entries(notYet).find(([pattern]) => globToRegExp(pattern).test(id))?.[1];

/** Entries of the list that no scenario goes by. */
export const unusedEntries = (notYet: NotYet, ids: readonly string[]): string[] =>
  Object.keys(notYet).filter(pattern => !ids.some(id => globToRegExp(pattern).test(id)));

/** The ids of the scenarios that are to be repeated: those that failed and should not have, if they are few. */
export function toRepeat(outcomes: readonly Outcome[], notYet: NotYet): string[] {
  const failed = outcomes.filter(({ id, status }) => status === 'failed' && reasonNotYet(id, notYet) === undefined);
  return failed.length > REPEATED_AT_MOST ? [] : failed.map(({ id }) => id);
}

function verdictOf(outcome: Outcome, repeated: Outcome | undefined, reason: string | undefined): Verdict {
  const { status } = outcome;
  if (reason !== undefined && status === 'failed') return { ...outcome, status: 'expected', reason };
  if (reason !== undefined && status === 'passed') {
    const why = `it passes, but is listed as not passing yet: ${reason}`;
    return { ...outcome, status: 'failed', failure: { at: 'the list', why, log: '' } };
  }
  return status === 'failed' && repeated?.status === 'passed' ? { ...outcome, status: 'flaky' } : outcome;
}

/** The verdicts on all outcomes, sorted by id; `repeats` are the second outcomes of those that were repeated. */
export function judgeRun(outcomes: readonly Outcome[], repeats: readonly Outcome[], notYet: NotYet): Verdict[] {
  const second = new Map(repeats.map(repeat => [repeat.id, repeat]));
  const sorted = outcomes.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return sorted.map(outcome => verdictOf(outcome, second.get(outcome.id), reasonNotYet(outcome.id, notYet)));
}

/** Counts verdicts. Flaky scenarios count as passed, or, where they are too many, as failed. */
export function tally(verdicts: readonly Verdict[]): Tally {
  const count = (status: Verdict['status']) => verdicts.filter(verdict => verdict.status === status).length;
  const flaky = count('flaky');
  const isTooFlaky = flaky > FLAKY_AT_MOST;
  return {
    passed: count('passed') + (isTooFlaky ? 0 : flaky),
    failed: count('failed') + (isTooFlaky ? flaky : 0),
    skipped: count('skipped'),
    expected: count('expected'),
    flaky,
  };
}
