import { describe, expect, it } from 'vitest';
import { Suspects } from '../../../src/backend/suspects.ts';
import type { ServicePlan } from '../../../src/plan/types.ts';
import { servicePlan } from '../../support/plans.ts';

type Owned = Record<string, readonly string[]>;

/** Suspects whose plans are told apart by what they own. */
function setUp() {
  const owned = new Map<ServicePlan, Owned>();
  const suspects = new Suspects(plan => new Map(Object.entries(owned.get(plan) ?? {})));
  const record = (owner: string, has: Owned | undefined): void => {
    const plan = has && servicePlan(owner);
    if (plan) owned.set(plan, has);
    suspects.record(owner, plan);
  };
  const settle = (): void => suspects.settle(suspects.suspects());
  const allowed = (...keys: string[]): Record<string, string[]> =>
    Object.fromEntries([...suspects.resolve(keys)].map(([key, endpoints]) => [key, [...endpoints]]));
  return { suspects, record, settle, allowed };
}

describe('Suspects', () => {
  const cases: readonly {
    readonly name: string;
    readonly before?: Owned;
    readonly now: Owned | undefined;
    readonly suspects: readonly string[];
  }[] = [
    { name: 'a key that is new', now: { vip: ['a'] }, suspects: ['vip'] },
    { name: 'a key that is new and has nobody', now: { vip: [] }, suspects: ['vip'] },
    { name: 'the same again', before: { vip: ['a', 'b'] }, now: { vip: ['b', 'a'] }, suspects: [] },
    { name: 'an endpoint more', before: { vip: ['a'] }, now: { vip: ['a', 'b'] }, suspects: [] },
    { name: 'an endpoint less', before: { vip: ['a', 'b'] }, now: { vip: ['a'] }, suspects: ['vip'] },
    { name: 'another endpoint', before: { vip: ['a'] }, now: { vip: ['b'] }, suspects: ['vip'] },
    { name: 'the first endpoint', before: { vip: [] }, now: { vip: ['a'] }, suspects: ['vip'] },
    { name: 'the last endpoint goes', before: { vip: ['a'] }, now: { vip: [] }, suspects: ['vip'] },
    { name: 'still nobody', before: { vip: [] }, now: { vip: [] }, suspects: [] },
    { name: 'a key that goes, one that stays', before: { x: ['a'], y: ['a'] }, now: { y: ['a'] }, suspects: ['x'] },
    { name: 'the Service goes', before: { x: ['a'], y: [] }, now: undefined, suspects: ['x', 'y'] },
    { name: 'a Service that never had a key goes', now: undefined, suspects: [] },
    { name: 'a Service without keys', now: {}, suspects: [] },
  ];
  it.each(cases)('$name', ({ before, now, suspects: expected }) => {
    const { suspects, record, settle } = setUp();
    if (before) record('d/web', before);
    settle();
    record('d/web', now);
    expect(suspects.suspects()).toEqual(expected);
  });

  it('remembers a suspect until it is settled, whatever comes after', () => {
    const { suspects, record } = setUp();
    record('d/web', { vip: ['a'] });
    record('d/web', { vip: ['a', 'b'] });
    expect(suspects.suspects()).toEqual(['vip']);
    suspects.settle(['other']);
    expect(suspects.suspects()).toEqual(['vip']);
    suspects.settle(['vip']);
    expect(suspects.suspects()).toEqual([]);
  });

  it('allows the endpoints of all who claim a key, as of now', () => {
    const { suspects, record, allowed } = setUp();
    record('d/a', { vip: ['a'], mine: ['x'] });
    record('d/b', { vip: ['b'] });
    expect(allowed('vip', 'mine', 'unknown')).toEqual({ vip: ['a', 'b'], mine: ['x'], unknown: [] });
    record('d/a', { mine: ['y'] });
    expect(allowed('vip', 'mine')).toEqual({ vip: ['b'], mine: ['y'] });
    expect([...suspects.keys()]).toEqual(['vip', 'mine']);
    record('d/b', undefined);
    record('d/a', undefined);
    expect(allowed('vip')).toEqual({ vip: [] });
    expect([...suspects.keys()]).toEqual([]);
  });
});
