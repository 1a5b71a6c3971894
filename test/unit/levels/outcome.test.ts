import { describe, expect, test } from 'vitest';
import {
  conformanceOutcome,
  countedOutcome,
  listedOutcome,
  notRun,
  toolOutcome,
  vitestOutcome,
} from '../../levels/outcome.ts';
import type { ConformanceReport, LevelOutcome, ToolEnd, VitestReport } from '../../levels/outcome.ts';

const end = (code: number | null, tail = '', signal: string | null = null): ToolEnd => ({ code, signal, tail });

const counts = ({ passed, failed, skipped }: LevelOutcome) => [passed, failed, skipped];

const conformanceReport = (more: Partial<ConformanceReport>): ConformanceReport => ({
  passed: 0,
  failed: 0,
  skipped: 0,
  expected: 0,
  flaky: 0,
  scenarios: [],
  ...more,
});

describe('a tool', () => {
  test.for([
    { name: 'that succeeds', told: end(0), expected: [1, 0, 0], failures: [] },
    { name: 'that fails', told: end(2), expected: [0, 1, 0], failures: ['exited with status 2'] },
    {
      name: 'that is killed',
      told: end(null, '', 'SIGTERM'),
      expected: [0, 1, 0],
      failures: ['ended by SIGTERM'],
    },
  ])('$name', ({ told, expected, failures }) => {
    const outcome = toolOutcome(told);
    expect(counts(outcome)).toEqual(expected);
    expect(outcome.failures).toEqual(failures);
  });
});

describe('a program that counts', () => {
  test.for([
    { name: 'all pass', told: end(0, 'hello\n12 passed, 0 failed\n'), expected: [12, 0, 0] },
    { name: 'with skipped ones behind', told: end(0, '12 passed, 0 failed, 3 skipped\n'), expected: [12, 0, 3] },
    { name: 'only skipped ones', told: end(0, 'why\n0 passed, 0 failed, 3 skipped\n'), expected: [0, 0, 3] },
    {
      name: 'only skipped ones, but the status says otherwise',
      told: end(2, '0 passed, 0 failed, 3 skipped\n'),
      expected: [0, 1, 3],
    },
    { name: 'some fail', told: end(1, '12 passed, 3 failed\n'), expected: [12, 3, 0] },
    { name: 'all pass, but the status says otherwise', told: end(1, '12 passed, 0 failed\n'), expected: [12, 1, 0] },
    { name: 'nothing was checked', told: end(0, '0 passed, 0 failed\n'), expected: [0, 1, 0] },
    {
      name: 'a count that is not the last line is none',
      told: end(0, '5 passed, 0 failed\nbye\n'),
      expected: [1, 0, 0],
    },
    { name: 'without a count', told: end(1, 'oh no\n'), expected: [0, 1, 0] },
  ])('$name', ({ told, expected }) => {
    expect(counts(countedOutcome(told))).toEqual(expected);
  });
});

describe('Vitest', () => {
  type File = VitestReport['testResults'][number];
  const file = (name: string, statuses: string[], more: Partial<File> = {}): File => ({
    name,
    status: statuses.includes('failed') ? 'failed' : 'passed',
    assertionResults: statuses.map((status, i) => ({
      fullName: `test ${i}`,
      status,
      failureMessages: status === 'failed' ? ['expected 1 to be 2\n  at somewhere'] : [],
    })),
    ...more,
  });

  test.for([
    { name: 'all pass', files: [file('a', ['passed', 'passed'])], told: end(0), expected: [2, 0, 0] },
    { name: 'one fails', files: [file('a', ['passed', 'failed'])], told: end(1), expected: [1, 1, 0] },
    { name: 'some are skipped', files: [file('a', ['passed', 'pending', 'todo'])], told: end(0), expected: [1, 0, 2] },
    { name: 'an error outside of tests', files: [file('a', ['passed'])], told: end(1), expected: [1, 1, 0] },
    { name: 'no tests', files: [], told: end(0), expected: [0, 1, 0] },
    { name: 'only skipped ones', files: [file('a', ['pending'])], told: end(0), expected: [0, 1, 1] },
  ])('$name', ({ files, told, expected }) => {
    expect(counts(vitestOutcome({ testResults: files }, told))).toEqual(expected);
  });

  test('names what failed: the file, the test and the first line of the message', () => {
    const { failures } = vitestOutcome({ testResults: [file('a.test.ts', ['passed', 'failed'])] }, end(1));
    expect(failures).toEqual(['a.test.ts: test 1: expected 1 to be 2']);
  });

  test('counts a file that could not be loaded', () => {
    const broken = file('b.test.ts', [], { status: 'failed', message: 'no such module\n  at import' });
    const outcome = vitestOutcome({ testResults: [file('a.test.ts', ['passed']), broken] }, end(1));
    expect(counts(outcome)).toEqual([1, 1, 0]);
    expect(outcome.failures).toEqual(['b.test.ts: no such module']);
  });
});

describe('the conformance suite', () => {
  const failure = { at: 'step 1', why: 'nobody answered' };

  test.for([
    { name: 'all pass', told: { passed: 3, skipped: 1 }, code: 0, expected: [3, 0, 1] },
    { name: 'some are expected to fail', told: { passed: 3, expected: 2 }, code: 0, expected: [3, 0, 2] },
    { name: 'some fail', told: { passed: 3, failed: 1 }, code: 1, expected: [3, 1, 0] },
    { name: 'nothing passed, nothing failed', told: { expected: 2 }, code: 0, expected: [0, 1, 2] },
    { name: 'broken off', told: { passed: 3 }, code: 130, expected: [3, 1, 0] },
  ])('$name', ({ told, code, expected }) => {
    expect(counts(conformanceOutcome(conformanceReport(told), end(code)))).toEqual(expected);
  });

  test.for([
    { name: 'failed ones', status: 'failed', failed: 1, expected: ['udp/a: failed: step 1: nobody answered'] },
    { name: 'expected ones not', status: 'expected', failed: 0, expected: [] },
    { name: 'few flaky ones not', status: 'flaky', failed: 0, expected: [] },
  ])('names $name', ({ status, failed, expected }) => {
    const scenarios = [{ id: 'udp/a', status, failure }];
    const outcome = conformanceOutcome(conformanceReport({ passed: 5, failed, scenarios }), end(failed));
    expect(outcome.failures).toEqual(expected);
  });
});

describe('the conformance suite with a list of what does not apply', () => {
  const scenarios = [
    { id: 'udp/a', status: 'passed' },
    { id: 'udp/b', status: 'expected' },
    { id: 'config/c', status: 'skipped' },
  ];
  const report = conformanceReport({ passed: 1, skipped: 1, expected: 1, scenarios });
  test.for([
    { name: 'all that was skipped is listed', list: { 'config/*': 'why', 'udp/b': 'why' }, failures: [] },
    { name: 'one is not', list: { 'udp/b': 'why' }, failures: ['config/c: skipped, and not listed'] },
  ])('$name', ({ list, failures }) => {
    const outcome = listedOutcome(report, end(0), list);
    expect(counts(outcome)).toEqual([1, failures.length, 0]);
    expect(outcome.failures).toEqual(failures);
  });
});

test('what could not be run is one failure', () => {
  expect(notRun('no such program')).toEqual({ passed: 0, failed: 1, skipped: 0, failures: ['no such program'] });
});
