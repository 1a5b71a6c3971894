import { describe, expect, it } from 'vitest';
import { diffRules } from '../../../../src/backend/nftables/rule-difference.ts';

/** `-a +b`: what leaves and what comes, in order. */
const told = (kernel: string, desired: string): string =>
  diffRules(kernel.split(''), desired.split(''))
    .map(rule => (rule.kernel === undefined ? `+${rule.desired}` : `-${rule.kernel}`))
    .join(' ');

describe('diffRules', () => {
  it.each([
    { name: 'the same', kernel: 'abc', desired: 'abc', differences: '' },
    { name: 'none', kernel: '', desired: '', differences: '' },
    { name: 'all are missing', kernel: '', desired: 'ab', differences: '+a +b' },
    { name: 'all are too many', kernel: 'ab', desired: '', differences: '-a -b' },
    { name: 'one before', kernel: 'xabc', desired: 'abc', differences: '-x' },
    { name: 'one in the middle', kernel: 'abxc', desired: 'abc', differences: '-x' },
    { name: 'one after', kernel: 'abcx', desired: 'abc', differences: '-x' },
    { name: 'one is missing', kernel: 'ac', desired: 'abc', differences: '+b' },
    { name: 'one is another', kernel: 'axc', desired: 'abc', differences: '-x +b' },
    { name: 'twice in place of once', kernel: 'aab', desired: 'ab', differences: '-a' },
    { name: 'once in place of twice', kernel: 'ab', desired: 'abb', differences: '+b' },
    { name: 'in another order', kernel: 'ba', desired: 'ab', differences: '-b +b' },
  ])('$name', ({ kernel, desired, differences }) => {
    expect(told(kernel, desired)).toBe(differences);
  });
});
