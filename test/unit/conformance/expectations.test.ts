import { describe, expect, test } from 'vitest';
import { affinityOf, judgeAffinity } from '../../conformance/lib/affinity.ts';
import type { AffinityExpectation } from '../../conformance/lib/affinity.ts';
import { attemptsFor, judge, summarize } from '../../conformance/lib/expectations.ts';
import type { Expectation } from '../../conformance/lib/expectations.ts';
import { judgeHttp } from '../../conformance/lib/http-expectation.ts';
import type { HttpExpectation } from '../../conformance/lib/http-expectation.ts';
import { compare, sumMetric } from '../../conformance/lib/metrics.ts';
import type { Answer, Sighting } from '../../conformance/lib/sighting.ts';

const CLIENT = '192.168.100.9';
const NODE = '192.168.100.1';

const from = (who: string, more: Partial<Answer> = {}): Answer => ({
  who,
  from: CLIENT,
  fromPort: 40000,
  dst: '10.244.1.10',
  dstPort: 8080,
  proto: 'tcp',
  local: CLIENT,
  ...more,
});
const failed = (error: string): Sighting => ({ error });
const times = (n: number, seen: Sighting): Sighting[] => Array.from({ length: n }, () => seen);

describe('packets', () => {
  interface Row {
    name: string;
    seen: Sighting[];
    expected: Expectation;
    why?: string;
  }
  const both = { backends: ['pod-a', 'pod-b'] };
  const rows: Row[] = [
    { name: 'all refused', seen: [failed('refused'), failed('refused')], expected: 'refused' },
    { name: 'one of several failures', seen: [failed('reset')], expected: ['refused', 'reset'] },
    { name: 'another failure', seen: [failed('timeout')], expected: 'refused', why: 'expected only refused' },
    { name: 'an answer', seen: [from('pod-a')], expected: 'refused', why: 'expected only refused' },
    { name: 'both backends', seen: [from('pod-a'), from('pod-b')], expected: both },
    { name: 'a stranger', seen: [from('pod-a'), from('x')], expected: both, why: 'x:8080 should not have answered' },
    { name: 'one of them never', seen: [from('pod-a')], expected: both, why: 'pod-b never answered' },
    { name: 'one of them, which will do', seen: [from('pod-a')], expected: { ...both, exactly: false } },
    { name: 'no answer', seen: [from('pod-a'), failed('timeout')], expected: both, why: 'some attempts got no answer' },
    { name: 'the port', seen: [from('pod-a')], expected: { backends: ['pod-a:8080'] } },
    {
      name: 'another port',
      seen: [from('pod-a')],
      expected: { backends: ['pod-a:8081'] },
      why: 'pod-a:8080 should not have answered',
    },
    { name: 'the source kept', seen: [from('pod-a')], expected: { source: 'preserved' } },
    { name: 'the source of the node', seen: [from('pod-a', { from: NODE })], expected: { source: 'masqueraded' } },
    {
      name: 'the source changed',
      seen: [from('pod-a', { from: NODE })],
      expected: { source: 'preserved' },
      why: `the source should be preserved, but pod-a saw ${NODE} for a client at ${CLIENT}`,
    },
    {
      name: 'the source not changed',
      seen: [from('pod-a')],
      expected: { source: 'masqueraded' },
      why: `the source should be masqueraded, but pod-a saw ${CLIENT} for a client at ${CLIENT}`,
    },
    {
      name: 'balanced well enough',
      seen: [...times(55, from('pod-a')), ...times(45, from('pod-b'))],
      expected: { ...both, balanced: 0.2 },
    },
    {
      name: 'not balanced',
      seen: [...times(70, from('pod-a')), ...times(30, from('pod-b'))],
      expected: { ...both, balanced: 0.2 },
      why: 'pod-a got 70 of 100, not 50 ± 20%',
    },
  ];

  test.for(rows)('$name', ({ seen, expected, why }) => {
    expect(judge(seen, expected)).toBe(why);
  });

  test('more backends need more attempts', () => {
    expect([1, 2, 3].map(n => attemptsFor({ backends: ['a', 'b', 'c'].slice(0, n) }))).toEqual([9, 20, 31]);
    expect(attemptsFor('refused')).toBe(4);
  });

  test('what was seen is counted, the most frequent first', () => {
    const seen = [failed('timeout'), from('pod-a'), from('pod-a'), from('pod-b', { from: NODE })];
    expect(summarize(seen)).toBe(`2× pod-a:8080 (from ${CLIENT}), 1× timeout, 1× pod-b:8080 (from the node, ${NODE})`);
  });
});

describe('affinity', () => {
  test.for([
    { name: 'one backend each', seen: [from('a'), from('a')], mapping: { one: 'a' } },
    { name: 'two backends', seen: [from('a'), from('b')], mapping: 'one was sent to a and b' },
    { name: 'no answer', seen: [from('a'), failed('timeout')], mapping: 'one: timeout' },
  ])('$name', ({ seen, mapping }) => {
    expect(affinityOf(new Map([['one', seen]]))).toEqual(mapping);
  });

  interface Row {
    name: string;
    expected: AffinityExpectation;
    why?: string;
  }
  const mapping = { one: 'a', two: 'b' };
  const rows: Row[] = [
    { name: 'nothing moved', expected: { same: mapping } },
    {
      name: 'one moved',
      expected: { same: { one: 'b', two: 'b' } },
      why: 'these sources moved to another backend: one',
    },
    { name: 'some moved', expected: { changed: { one: 'b', two: 'b' } } },
    { name: 'none moved', expected: { changed: mapping }, why: 'no source was sent to another backend than before' },
    { name: 'enough backends', expected: { distinct: 2 } },
    { name: 'too few backends', expected: { distinct: 3 }, why: 'fewer than 3 backends were used' },
    { name: 'a stranger', expected: { backends: ['a'] }, why: 'two was sent to b' },
  ];
  test.for(rows)('compared: $name', ({ expected, why }) => {
    expect(judgeAffinity(mapping, expected)).toBe(why);
  });
});

describe('HTTP', () => {
  interface Row {
    name: string;
    expected: HttpExpectation;
    why?: string;
  }
  const answer = { status: 200, headers: { 'content-type': 'application/json' }, body: '{"a":{"b":[1,2],"c":3}}' };
  const rows: Row[] = [
    { name: 'the status', expected: { status: 200 } },
    { name: 'another status', expected: { status: 503 }, why: 'status 200, not 503' },
    { name: 'a header', expected: { headers: { 'Content-Type': 'application/' } } },
    { name: 'no such header', expected: { headers: { 'X-Weight': '1' } }, why: 'header X-Weight is , not 1' },
    { name: 'a text', expected: { bodyIncludes: ['"a"', '"c"'] } },
    { name: 'no such text', expected: { bodyIncludes: ['"a"', '"d"'] }, why: 'the body lacks "d"' },
    { name: 'a part of the JSON', expected: { json: { a: { c: 3 } } } },
    { name: 'a whole array', expected: { json: { a: { b: [1, 2] } } } },
    { name: 'a part of an array', expected: { json: { a: { b: [1] } } }, why: 'the body lacks {"a":{"b":[1]}}' },
    { name: 'one of two', expected: { anyOf: [{ status: 503 }, { status: 200 }] } },
    { name: 'none of two', expected: { anyOf: [{ status: 503 }] }, why: 'none of the alternatives holds' },
    { name: 'an error that is none', expected: { error: 'refused' }, why: 'expected refused' },
  ];
  test.for(rows)('$name', ({ expected, why }) => {
    expect(judgeHttp(answer, expected)).toBe(why);
  });

  test('an error', () => {
    expect(judgeHttp({ error: 'refused' }, { error: ['refused', 'reset'] })).toBeUndefined();
    expect(judgeHttp({ error: 'refused' }, { status: 200 })).toBe('no answer: refused');
  });
});

describe('metrics', () => {
  const text = '# HELP m x\nm{a="1",b="x y"} 2\nm{a="2"} 3e1\nm_total 7\n';
  test.for([
    { name: 'all series', of: 'm', labels: {}, sum: 32 },
    { name: 'those with a label', of: 'm', labels: { a: '1' }, sum: 2 },
    { name: 'without labels', of: 'm_total', labels: {}, sum: 7 },
    { name: 'no such label', of: 'm', labels: { a: '3' }, sum: undefined },
    { name: 'no such metric', of: 'n', labels: {}, sum: undefined },
  ])('$name', ({ of, labels, sum }) => {
    expect(sumMetric(text, of, labels)).toBe(sum);
  });

  test('a number that is not there compares with nothing', () => {
    expect([compare(1, '>=', 1), compare(1, '>', 1), compare(undefined, '!=', 1)]).toEqual([true, false, false]);
  });
});
