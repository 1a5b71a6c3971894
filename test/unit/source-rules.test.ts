import { describe, expect, it } from 'vitest';
import { circles, impurities, isTooLong, isVague } from '../support/source-rules.ts';

describe('impurities', () => {
  it.each([
    { text: 'await x;', words: ['await'] },
    { text: 'const now = Date.now() + new Date().getTime();', words: ['Date'] },
    { text: 'Math.random()', words: ['Math.random'] },
    { text: 'performance.now(); process.env.X; console.log(1);', words: ['performance', 'process', 'console'] },
    { text: 'setTimeout(f); setImmediate(f)', words: ['setTimeout', 'setImmediate'] },
    { text: 'globalThis["process"]', words: ['globalThis'] },
    { text: 'Math.max(1, 2); update(); awaited; processed; x.dates', words: [] },
    { text: '// process and Date\n/* await\n console */ const a = "process", b = \'await\';', words: [] },
    { text: "const url = 'http://x'; process.exit();", words: ['process'] },
  ])('$text', ({ text, words }) => {
    expect(impurities(text)).toEqual(words);
  });
});

describe('the other rules', () => {
  it('400 lines are not too many, 401 are', () => {
    expect([400, 401].map(count => isTooLong('x\n'.repeat(count)))).toEqual([false, true]);
  });

  it.each([
    ['src/a/utils.ts', true],
    ['src/helper.ts', true],
    ['src/a/common.ts', true],
    ['src/a/misc.ts', true],
    ['src/a/index.ts', true],
    ['src/a/string-utils.ts', true],
    ['src/model/service-index.ts', false],
    ['src/model/indexes.ts', false],
    ['src/utils/ip.ts', false],
  ])('%s is vague: %s', (file, is) => {
    expect(isVague(file)).toBe(is);
  });

  it.each<{ name: string; imports: Record<string, string[]>; circles: string[] }>([
    { name: 'none', imports: { a: ['b', 'c'], b: ['c'], c: ['zod'] }, circles: [] },
    { name: 'of two', imports: { b: ['a'], a: ['b'] }, circles: ['a -> b -> a'] },
    { name: 'of one', imports: { a: ['a'] }, circles: ['a -> a'] },
    { name: 'behind others', imports: { a: ['b'], b: ['c'], c: ['d'], d: ['b'] }, circles: ['b -> c -> d -> b'] },
    { name: 'two', imports: { a: ['b', 'c'], b: ['a'], c: ['a'] }, circles: ['a -> b -> a', 'a -> c -> a'] },
  ])('circles: $name', ({ imports, circles: expected }) => {
    expect(circles(new Map(Object.entries(imports)))).toEqual(expected);
  });
});
