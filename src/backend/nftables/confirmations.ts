import type { Family } from '../../model/ip.ts';
import type { Refusal } from '../backend.ts';
import type { CompiledService } from './claim.ts';
import type { DesiredTable } from './desired-table.ts';
import { foundShared, type FamilyUnit } from './diff.ts';
import { keptByRefused } from './kept-by-refused.ts';
import type { LedgerChange } from './ledger.ts';

/** What the kernel is known to have taken of each owner, so that one whose change it refuses can go back to that. */
export class Confirmations {
  readonly #tables: ReadonlyMap<Family, DesiredTable>;
  /** What the owners of changes that are not known to be in the kernel had there before, by family and owner. */
  readonly #before = new Map<string, CompiledService | undefined>();
  /** What was refused and has not been told yet. */
  readonly #refusals = new Map<string, Refusal>();
  /** The kernel has had all that was in force, at least once. */
  #hasSettled = false;

  constructor(tables: ReadonlyMap<Family, DesiredTable>) {
    this.#tables = tables;
  }

  #table(family: Family): DesiredTable {
    return this.#tables.get(family)!;
  }

  /** Notes a change that is to be written. */
  note(family: Family, { owner, before, adds, deletes }: LedgerChange): void {
    const id = idOf({ family, owner });
    this.#refusals.delete(id);
    if (!adds.length && !deletes.length) return;
    if (!this.#before.has(id)) this.#before.set(id, before);
  }

  /** The kernel has what is wanted of an owner: that is what it goes back to from now on. */
  confirm({ family, owner }: FamilyUnit): void {
    this.#before.delete(idOf({ family, owner }));
    this.#table(family).ledger.confirm(winner => winner === owner);
  }

  /**
   * A comparison found no difference but in these units.
   * @param empty families of which the kernel has nothing, so that nothing is found out about them
   */
  confirmAllBut(units: readonly FamilyUnit[], empty: ReadonlySet<Family>): void {
    const different = new Set(units.map(idOf));
    const isEmpty = (id: string): boolean => [...empty].some(family => id.startsWith(`${family} `));
    for (const id of this.#before.keys()) if (!different.has(id) && !isEmpty(id)) this.#before.delete(id);
    for (const [family, { ledger }] of this.#tables)
      if (!empty.has(family)) ledger.confirm(owner => owner !== undefined && !different.has(idOf({ family, owner })));
  }

  /** The kernel has all that is in force. */
  settle(): void {
    this.#before.clear();
    for (const { ledger } of this.#tables.values()) ledger.confirm(() => true);
    this.#hasSettled = true;
  }

  /**
   * Has the owners of units that the kernel refused keep what they had.
   * @param refused with why
   * @param all the differences that were found, but for those of families of which the kernel has nothing
   */
  fallBack(refused: ReadonlyMap<FamilyUnit, Error>, all: readonly FamilyUnit[]): void {
    if (!refused.size) return;
    const isFound = foundShared(all, family => this.#table(family).ledger);
    for (const [unit, error] of refused) {
      const { family, owner = '' } = unit;
      const table = this.#table(family);
      const id = idOf(unit);
      const before = this.#before.get(id);
      // What it had before is tried once: the next time that may be what is refused.
      this.#before.delete(id);
      this.#refusals.set(id, { owner, family, error });
      const kept = keptByRefused(table.ledger, {
        owner,
        unit,
        before,
        isFirst: !this.#hasSettled,
        isFound: entry => isFound(family, entry),
      });
      table.set(owner, table.ledger.holding(owner)?.seniority ?? '', kept);
    }
  }

  /** What was refused since this was last asked and has not been changed since. */
  takeRefusals(): readonly Refusal[] {
    const refusals = [...this.#refusals.values()];
    this.#refusals.clear();
    return refusals;
  }
}

/** An owner of one family. */
const idOf = ({ family, owner }: Pick<FamilyUnit, 'family' | 'owner'>): string => `${family} ${owner}`;
