import { beforeEach, describe, expect, it } from 'vitest';
import { Confirmations } from '../../../../src/backend/nftables/confirmations.ts';
import { DesiredTable } from '../../../../src/backend/nftables/desired-table.ts';
import type { FamilyUnit } from '../../../../src/backend/nftables/diff.ts';
import type { Family } from '../../../../src/model/ip.ts';
import { servicePlan, type PlanOptions } from '../../../support/plans.ts';
import { rulesetOptions } from '../../../support/rulesets.ts';

const WHY = new Error('refused');
const NONE: ReadonlySet<Family> = new Set();
const IPV4: ReadonlySet<Family> = new Set(['ipv4']);
const IPV6: ReadonlySet<Family> = new Set(['ipv6']);

let tables: ReadonlyMap<Family, DesiredTable>;
let confirmations: Confirmations;
beforeEach(() => {
  tables = new Map(
    (['ipv4', 'ipv6'] as const).map(family => [family, new DesiredTable(rulesetOptions({ family }))] as const),
  );
  confirmations = new Confirmations(tables);
});

/** @returns what a comparison with a kernel without any of it would find, with which the owner may be refused */
function stage(owner: string, options: PlanOptions, family: Family = 'ipv4'): FamilyUnit {
  const table = tables.get(family)!;
  confirmations.note(family, table.setService(owner, servicePlan(owner, { family, ...options })));
  const { claims, shared } = table.ledger.inForce(owner);
  const adds = [
    ...claims.flatMap(({ entries }) => entries),
    ...[...table.ledger.sharedEntries()].filter(({ container, key }) => shared.includes(`${container} ${key}`)),
  ];
  return { family, owner, adds, deletes: [] };
}

const web = (number: number): FamilyUnit => stage('d/web', { endpoints: [`10.244.1.${number}:8080`] });
const refuse = (...units: readonly FamilyUnit[]): void =>
  confirmations.fallBack(new Map(units.map(unit => [unit, WHY])), units);
/** The last number of each endpoint that is in force. */
const endpoints = (): (string | undefined)[] =>
  [...tables.get('ipv4')!.ledger.entries()]
    .filter(({ container }) => container === 'endpoints-tcp')
    .map(({ value }) => /(\d+) \. 8080$/.exec(value)?.[1]);
const refusals = (): string[] => confirmations.takeRefusals().map(({ family, owner }) => `${family} ${owner}`);

describe('an owner whose change is refused', () => {
  beforeEach(() => {
    web(2);
    confirmations.settle();
  });

  it.each<{
    readonly name: string;
    /** What happens between the change and the refusal. */
    readonly happens: (unit: FamilyUnit) => void;
    readonly has: readonly string[];
  }>([
    {
      name: 'goes back to what it had where the kernel has nothing',
      happens: () => confirmations.confirmAllBut([], IPV4),
      has: ['2'],
    },
    {
      name: 'goes back to what it had where the kernel was found to have something else',
      happens: unit => confirmations.confirmAllBut([unit], NONE),
      has: ['2'],
    },
    {
      name: 'has not what it had where the kernel was found to have what is wanted',
      happens: () => confirmations.confirmAllBut([], NONE),
      has: [],
    },
    {
      name: 'nor where the kernel has nothing of the other family',
      happens: () => confirmations.confirmAllBut([], IPV6),
      has: [],
    },
    { name: 'goes back to what was written last', happens: unit => confirmations.confirm(unit), has: [] },
  ])('$name', ({ happens, has }) => {
    const unit = web(3);
    happens(unit);
    refuse(unit);
    expect(endpoints()).toEqual(has);
    expect(refusals()).toEqual(['ipv4 d/web']);
  });

  it('goes back to what the kernel has, and not to what was staged meanwhile', () => {
    web(3);
    refuse(web(4));
    expect(endpoints()).toEqual(['2']);
  });

  it('goes back to what was written since the last comparison', () => {
    confirmations.confirm(web(3));
    refuse(web(4));
    expect(endpoints()).toEqual(['3']);
  });

  it('goes back once: what it had may be refused, too', () => {
    const unit = web(3);
    refuse(unit);
    refuse({ ...unit, adds: [...tables.get('ipv4')!.ledger.entries()] });
    expect(endpoints()).toEqual([]);
  });

  it('is told once, in each family, and not if it has changed since', () => {
    refuse(web(3), stage('d/web', {}, 'ipv6'), stage('d/other', { clusterIP: '10.96.0.9', endpoints: [] }));
    stage('d/other', { clusterIP: '10.96.0.10' });
    expect(refusals()).toEqual(['ipv4 d/web', 'ipv6 d/web']);
    expect(refusals()).toEqual([]);
  });
});

describe('whose an address is in the kernel', () => {
  const vip = '203.0.113.1 . tcp . 80';
  const claim = (owner: string, seniority: string): FamilyUnit =>
    stage(owner, { seniority, virtualServers: [{ kind: 'ExternalIP', address: '203.0.113.1' }] });
  const holder = (): string | undefined => tables.get('ipv4')!.ledger.lastWinnerOf(vip);
  let unit: FamilyUnit;
  beforeEach(() => {
    claim('d/young', '2');
    confirmations.settle();
    unit = claim('d/old', '1');
  });

  const other = (): FamilyUnit => ({ family: 'ipv4', owner: 'd/other', adds: [], deletes: [] });
  it.each<readonly [name: string, happens: () => void, is: string]>([
    ['is not known to have changed at first', () => undefined, 'd/young'],
    ['has changed when its winner was written', () => confirmations.confirm(unit), 'd/old'],
    ['has not when another one was', () => confirmations.confirm(other()), 'd/young'],
    ['has not where its winner differs', () => confirmations.confirmAllBut([unit], NONE), 'd/young'],
    ['has where another one differs', () => confirmations.confirmAllBut([other()], NONE), 'd/old'],
    ['has not where the kernel has nothing', () => confirmations.confirmAllBut([], IPV4), 'd/young'],
    ['has where the kernel has all', () => confirmations.settle(), 'd/old'],
  ])('%s', (_, happens, is) => {
    happens();
    expect(holder()).toBe(is);
  });

  it.each([
    ['goes by what is known: the winner did not have it yet', false, 'd/young'],
    ["is the winner after a start, when nobody knows, and its elements are nobody else's", true, 'd/old'],
  ])('%s', (_, isStart, is) => {
    const [first, ...adds] = unit.adds.filter(({ key }) => key.includes('203.0.113.1'));
    const deletes = [{ ...first!, value: '10.244.7.7 . 8080' }];
    const differing = { ...unit, adds: [first!, ...adds], deletes };
    const judge = isStart ? new Confirmations(tables) : confirmations;
    judge.fallBack(new Map([[differing, WHY]]), [differing]);
    expect(tables.get('ipv4')!.ledger.winnerOf(vip)).toBe(is);
  });

  it('is not known of one that nobody wants any more, until the kernel has all', () => {
    for (const owner of ['d/old', 'd/young'])
      confirmations.note('ipv4', tables.get('ipv4')!.setService(owner, undefined));
    confirmations.confirmAllBut([], NONE);
    expect(holder()).toBe('d/young');
    confirmations.settle();
    expect(holder()).toBeUndefined();
  });
});
