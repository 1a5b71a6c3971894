import { describe, expect, it } from 'vitest';
import { lastingDifferences, type Difference } from '../../../src/backend/difference.ts';

const difference = (more: Partial<Difference> = {}): Difference => ({
  family: 'ipv4',
  kind: 'element',
  in: 'services',
  name: '10.96.0.1 . tcp . 80',
  owner: 'd/web',
  kernel: undefined,
  desired: 'goto cluster-tcp-1',
  ...more,
});

describe('lastingDifferences', () => {
  it('is what both readings have, in the order of the second', () => {
    const [a, b, c] = ['a', 'b', 'c'].map(name => difference({ name })) as [Difference, Difference, Difference];
    expect(lastingDifferences([a, b], [c, b, a])).toEqual([b, a]);
    expect(lastingDifferences([a], [])).toEqual([]);
    expect(lastingDifferences([], [a])).toEqual([]);
  });

  it.each<Partial<Difference>>([
    { family: 'ipv6' },
    { kind: 'rule' },
    { in: 'nodeports' },
    { name: '10.96.0.2 . tcp . 80' },
    { owner: undefined },
    { kernel: '' },
    { kernel: 'drop' },
    { desired: 'goto cluster-tcp-2' },
  ])('takes what is different in anything for another one: %j', more => {
    expect(lastingDifferences([difference()], [difference(more)])).toEqual([]);
  });
});
