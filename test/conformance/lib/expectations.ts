// Judging what was seen against what was expected. Every judge returns undefined when the expectation holds, else a
// line that says why it does not.

import { NODE_ADDRESSES } from './hosts.ts';
import { isAnswer } from './sighting.ts';
import type { Answer, Sighting } from './sighting.ts';

/** How an attempt may fail. */
export type Failing = 'refused' | 'timeout' | 'unreachable' | 'reset' | 'closed' | 'silent' | 'filtered';

export interface AnswerExpectation {
  /** Hosts (`pod-a`), or hosts and ports (`pod-a:8081`). */
  readonly backends?: readonly string[] | undefined;
  /** False: not all of the backends need be seen. */
  readonly exactly?: boolean | undefined;
  /** `preserved`, `masqueraded` (an address of the node) or an address. */
  readonly source?: string | undefined;
  /** By how much each backend may miss its fair share, e.g. 0.25. */
  readonly balanced?: number | undefined;
}

/** One or several failures, or answers. */
export type Expectation = Failing | readonly Failing[] | AnswerExpectation;

/** Whether no answer is expected. */
export const expectsFailure = (expect: Expectation): expect is Failing | readonly Failing[] =>
  typeof expect === 'string' || Array.isArray(expect);

/** How many attempts it takes to see all of n backends, but for bad luck of about one in 10⁵. */
export function attemptsFor(expect: Expectation): number {
  if (expectsFailure(expect)) return 4;
  const backends = expect.backends?.length ?? 1;
  return expect.balanced ? 200 * backends : Math.max(6, Math.ceil(backends * 11) - 2);
}

/** `pod-a` stands for any port of that host, `pod-a:8080` for one. */
const matches = (label: string, seen: Answer): boolean => label === seen.who || label === `${seen.who}:${seen.dstPort}`;

function judgeFailures(seen: readonly Sighting[], expect: Failing | readonly Failing[]): string | undefined {
  const allowed: readonly (string | undefined)[] = [expect].flat();
  return seen.every(s => allowed.includes(s.error)) ? undefined : `expected only ${allowed.join(' or ')}`;
}

function isFrom({ from, local }: Answer, expect: string): boolean {
  if (expect === 'preserved') return from === local;
  return expect === 'masqueraded' ? NODE_ADDRESSES.has(from) : from === expect;
}

function judgeSource(seen: readonly Answer[], expect: string): string | undefined {
  const wrong = seen.find(answer => !isFrom(answer, expect));
  if (!wrong) return undefined;
  return `the source should be ${expect}, but ${wrong.who} saw ${wrong.from} for a client at ${wrong.local ?? '?'}`;
}

function judgeBalance(seen: readonly Answer[], labels: readonly string[], tolerance: number): string | undefined {
  const fair = seen.length / labels.length;
  for (const label of labels) {
    const count = seen.filter(s => matches(label, s)).length;
    if (Math.abs(count - fair) > tolerance * fair) {
      return `${label} got ${count} of ${seen.length}, not ${fair.toFixed(0)} ± ${tolerance * 100}%`;
    }
  }
  return undefined;
}

function judgeAnswers(seen: readonly Sighting[], expect: AnswerExpectation): string | undefined {
  const { backends, exactly = true, source, balanced } = expect;
  const answers = seen.filter(isAnswer);
  if (answers.length < seen.length) return 'some attempts got no answer';
  if (backends) {
    const stray = answers.find(s => !backends.some(label => matches(label, s)));
    if (stray) return `${stray.who}:${stray.dstPort} should not have answered`;
    const missing = exactly && backends.find(label => !answers.some(s => matches(label, s)));
    if (missing) return `${missing} never answered`;
    const uneven = balanced && judgeBalance(answers, backends, balanced);
    if (uneven) return uneven;
  }
  return source === undefined ? undefined : judgeSource(answers, source);
}

/** Judges what some attempts led to. */
export const judge = (seen: readonly Sighting[], expect: Expectation): string | undefined =>
  expectsFailure(expect) ? judgeFailures(seen, expect) : judgeAnswers(seen, expect);

/** An expectation in words. */
export function describeExpectation(expect: Expectation): string {
  if (expectsFailure(expect)) return [expect].flat().join(' or ');
  const { backends, exactly = true, source, balanced } = expect;
  const parts = [
    backends ? `${exactly ? 'exactly' : 'any of'} ${backends.join(', ')}` : 'an answer',
    source && `source ${source}`,
    balanced && `balanced within ${balanced * 100}%`,
  ];
  return parts.filter(Boolean).join('; ');
}

function labelOf(seen: Sighting): string {
  if (!isAnswer(seen)) return seen.error;
  const { who, dstPort, from, local } = seen;
  const isNode = NODE_ADDRESSES.has(from) && from !== local;
  return `${who}:${dstPort} (from ${isNode ? `the node, ${from}` : from})`;
}

/** What was seen, counted: '12× pod-a:8080 (from 10.244.1.11), 3× timeout'. */
export function summarize(seen: readonly Sighting[]): string {
  const counts = new Map<string, number>();
  for (const label of seen.map(labelOf)) counts.set(label, (counts.get(label) ?? 0) + 1);
  const sorted = [...counts].toSorted(([, a], [, b]) => b - a);
  return sorted.map(([label, count]) => `${count}× ${label}`).join(', ') || 'nothing';
}
