import { describe, expect, test } from 'vitest';
import {
  FLAKY_AT_MOST,
  judgeRun,
  reasonNotYet,
  REPEATED_AT_MOST,
  tally,
  toRepeat,
  unusedEntries,
} from '../../conformance/lib/verdict.ts';
import type { NotYet, Outcome } from '../../conformance/lib/verdict.ts';

type Status = Outcome['status'];

const outcome = (id: string, status: Status): Outcome => ({
  id,
  name: `name of ${id}`,
  why: `why of ${id}`,
  status,
  ...(status === 'failed' ? { failure: { at: 'step 1', why: 'nobody answered', log: '' } } : {}),
});

const failures = (count: number): Outcome[] =>
  Array.from({ length: count }, (_, i) => outcome(`topic/${String(i).padStart(2, '0')}`, 'failed'));

const passAll = (outcomes: readonly Outcome[]): Outcome[] => outcomes.map(({ id }) => outcome(id, 'passed'));

describe('one scenario', () => {
  interface Row {
    name: string;
    first: Status;
    second?: Status;
    listed?: boolean;
    verdict: string;
    counted: 'passed' | 'failed' | 'skipped' | 'expected';
  }
  const rows: Row[] = [
    { name: 'passes', first: 'passed', verdict: 'passed', counted: 'passed' },
    { name: 'fails twice', first: 'failed', second: 'failed', verdict: 'failed', counted: 'failed' },
    { name: 'fails and is not repeated', first: 'failed', verdict: 'failed', counted: 'failed' },
    { name: 'fails, then passes', first: 'failed', second: 'passed', verdict: 'flaky', counted: 'passed' },
    { name: 'is skipped', first: 'skipped', verdict: 'skipped', counted: 'skipped' },
    { name: 'is listed and fails', first: 'failed', listed: true, verdict: 'expected', counted: 'expected' },
    { name: 'is listed and passes', first: 'passed', listed: true, verdict: 'failed', counted: 'failed' },
    { name: 'is listed and skipped', first: 'skipped', listed: true, verdict: 'skipped', counted: 'skipped' },
  ];

  test.for(rows)('$name: $verdict', ({ first, second, listed = false, verdict, counted }) => {
    const id = 'udp/endpoint-removed';
    const notYet: NotYet = listed ? { [id]: 'no conntrack yet' } : {};
    const repeats = second ? [outcome(id, second)] : [];
    const verdicts = judgeRun([outcome(id, first)], repeats, notYet);
    expect(verdicts.map(({ status }) => status)).toEqual([verdict]);
    const none = { passed: 0, failed: 0, skipped: 0, expected: 0 };
    expect(tally(verdicts)).toEqual({ ...none, [counted]: 1, flaky: verdict === 'flaky' ? 1 : 0 });
  });
});

test('what is expected to fail is told with its reason', () => {
  const [verdict] = judgeRun([outcome('a/b', 'failed')], [], { 'a/b': 'no such thing yet' });
  expect(verdict).toMatchObject({ status: 'expected', reason: 'no such thing yet' });
});

test('what passes in spite of the list says so, with the reason that no longer holds', () => {
  const [verdict] = judgeRun([outcome('a/b', 'passed')], [], { 'a/*': 'no such thing yet' });
  expect(verdict?.failure?.why).toBe('it passes, but is listed as not passing yet: no such thing yet');
});

test('verdicts are sorted by id, whatever came first', () => {
  const verdicts = judgeRun([outcome('b/a', 'passed'), outcome('a/b', 'failed'), outcome('a/a', 'skipped')], [], {});
  expect(verdicts.map(({ id }) => id)).toEqual(['a/a', 'a/b', 'b/a']);
});

describe('several flaky scenarios', () => {
  test.for([
    { name: 'as many as are allowed', count: FLAKY_AT_MOST, passed: FLAKY_AT_MOST, failed: 0 },
    { name: 'one more', count: FLAKY_AT_MOST + 1, passed: 0, failed: FLAKY_AT_MOST + 1 },
  ])('$name: $failed of $count count as failed', ({ count, passed, failed }) => {
    const outcomes = failures(count);
    const result = tally(judgeRun(outcomes, passAll(outcomes), {}));
    expect(result).toEqual({ passed, failed, skipped: 0, expected: 0, flaky: count });
  });
});

describe('what is repeated', () => {
  test('are the failed ones only, without those that are listed', () => {
    const outcomes = [outcome('a/passes', 'passed'), outcome('a/fails', 'failed'), outcome('b/listed', 'failed')];
    expect(toRepeat(outcomes, { 'b/*': 'not yet' })).toEqual(['a/fails']);
  });

  test.for([
    { name: 'the most', count: REPEATED_AT_MOST, repeated: REPEATED_AT_MOST },
    { name: 'one more', count: REPEATED_AT_MOST + 1, repeated: 0 },
  ])('$name, $count failures: $repeated', ({ count, repeated }) => {
    expect(toRepeat(failures(count), {})).toHaveLength(repeated);
  });
});

describe('the list', () => {
  const notYet: NotYet = { 'udp/*': 'no UDP', 'config/a.b': 'no config', '*/last': 'anywhere' };

  test.for([
    { name: 'a glob', id: 'udp/endpoint-removed', reason: 'no UDP' },
    { name: 'an id', id: 'config/a.b', reason: 'no config' },
    { name: 'an id, whose dot is a dot', id: 'config/axb', reason: undefined },
    { name: 'a glob at the start', id: 'affinity/last', reason: 'anywhere' },
    { name: 'a part of an id', id: 'config/a.bc', reason: undefined },
    { name: 'something else', id: 'affinity/tcp', reason: undefined },
  ])('$name: $id -> $reason', ({ id, reason }) => {
    expect(reasonNotYet(id, notYet)).toBe(reason);
  });

  test('entries that match no scenario are found', () => {
    expect(unusedEntries(notYet, ['udp/a', 'x/last'])).toEqual(['config/a.b']);
  });
});
