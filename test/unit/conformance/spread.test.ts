import { describe, expect, test } from 'vitest';
import { attemptsOf, describeSpread, judgeSpread } from '../../conformance/lib/spread.ts';
import type { Sighting } from '../../conformance/lib/sighting.ts';

const answer = (who: string): Sighting => ({
  who,
  from: '10.244.1.11',
  fromPort: 40_000,
  dst: '10.244.1.10',
  dstPort: 8080,
  proto: 'tcp',
});
const seen = (letters: string): Sighting[] =>
  letters.split('').map(letter => (letter === '-' ? { error: 'refused' } : answer(letter)));

describe('attempts one after the other', () => {
  const halves = { a: 3, b: 3 };
  test.for([
    { name: 'in turns', told: 'ababab', expected: { shares: halves, inTurns: true }, why: undefined },
    { name: 'in turns, whoever is first', told: 'bababa', expected: { shares: halves, inTurns: true }, why: undefined },
    { name: 'not in turns, where none were expected', told: 'aabbab', expected: { shares: halves }, why: undefined },
    {
      name: 'not in turns',
      told: 'aabbab',
      expected: { shares: halves, inTurns: true },
      why: /^not in turns: a, a, b/,
    },
    {
      name: 'out of turn at the very end',
      told: 'abcacb',
      expected: { shares: { a: 2, b: 2, c: 2 }, inTurns: true },
      why: /^not in turns/,
    },
    { name: 'by weight', told: 'aabaab', expected: { shares: { a: 4, b: 2 } }, why: undefined },
    { name: 'not by weight', told: 'aabbab', expected: { shares: { a: 4, b: 2 } }, why: /^a got 3 of 6, not 4$/ },
    { name: 'one that is to get nothing', told: 'aaaaab', expected: { shares: { a: 6, b: 0 } }, why: /^a got 5 of 6/ },
    { name: 'somebody else', told: 'ababac', expected: { shares: halves }, why: /^c should not have answered$/ },
    { name: 'no answer', told: 'ababa-', expected: { shares: halves }, why: /no answer: .*1× refused/ },
  ])('$name', ({ told, expected, why }) => {
    const judged = judgeSpread(seen(told), expected);
    if (why) expect(judged).toMatch(why);
    else expect(judged).toBeUndefined();
  });

  test('are as many as the shares make', () => expect(attemptsOf({ a: 4, b: 2, c: 0 })).toBe(6));

  test('are told in words', () =>
    expect(describeSpread({ shares: { a: 4, b: 2 }, inTurns: true })).toBe('4× a, 2× b, in turns'));
});
