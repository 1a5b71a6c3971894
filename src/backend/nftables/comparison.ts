import type { Family } from '../../model/ip.ts';
import type { CommitResult } from '../backend.ts';
import type { Companion } from './companion.ts';
import type { Confirmations } from './confirmations.ts';
import type { DesiredTable } from './desired-table.ts';
import { allElements, diffElements, stillNobodys, type FamilyUnit, type Found, type Unit } from './diff.ts';
import type { ElementWriter } from './element-writer.ts';
import { inSteps } from './in-steps.ts';
import type { TableKeeper } from './table-keeper.ts';
import type { TrafficCounters } from './traffic-counters.ts';

export interface ComparisonParts {
  readonly tables: ReadonlyMap<Family, DesiredTable>;
  readonly keepers: ReadonlyMap<Family, TableKeeper>;
  readonly writer: ElementWriter;
  readonly companion: Companion | undefined;
  readonly confirmations: Confirmations;
  readonly traffic: TrafficCounters;
}

interface Written {
  /** Units. */
  readonly refused: number;
  readonly transactions: number;
  readonly added: number;
  readonly deleted: number;
}

/** Each goes on where the kernel refused something in the one before: the second mostly finds nothing to do. */
const MOST_PASSES = 5;

/** Reads the kernel as a whole, compares it with what is desired, and writes what differs. */
export class Comparison {
  readonly #parts: ComparisonParts;

  constructor(parts: ComparisonParts) {
    this.#parts = parts;
  }

  /**
   * @param wasKnown what the kernel held was known: what is not as it was left, somebody else has changed
   * @param staged what was to be written besides
   * @returns with whether the kernel has all that is in force now. @throws Error where nothing can be read or written
   */
  async run(
    wasKnown: boolean,
    staged: readonly FamilyUnit[],
  ): Promise<{ readonly result: CommitResult; readonly isComplete: boolean }> {
    const { tables, keepers, companion, confirmations, traffic } = this.#parts;
    const drifted = new Map<Family, number>();
    const heldAtFirst = new Map<Family, number>();
    let [transactions, added, deleted] = [0, 0, 0];
    let isComplete = false;
    for (let pass = 1; pass <= MOST_PASSES && !isComplete; pass += 1) {
      const units: FamilyUnit[] = [];
      const empty = new Set<Family>();
      const beside = await companion?.read(tables);
      for (const keeper of keepers.values()) {
        const { family } = keeper;
        const { found: inTable, counts, written, repaired } = await keeper.keep();
        traffic.adopt(family, counts);
        transactions += written;
        if (keeper.takeOver === undefined) await companion?.open(keeper.table);
        const found: Found = new Map([...inTable, ...(beside?.get(family) ?? [])]);
        const held = totalSize(found);
        if (pass === 1) heldAtFirst.set(family, held);
        if (!held) empty.add(family);
        const own = held ? await inSteps(diffElements(keeper.table.ledger, found)) : [];
        const expected = sizeOf(staged.filter(unit => unit.family === family));
        const differing = held ? sizeOf(own) : keeper.table.ledger.size;
        const drift = wasKnown && pass === 1 ? repaired + Math.max(0, differing - expected) : 0;
        if (drift) drifted.set(family, drift);
        for (const unit of own) units.push({ family, ...unit });
      }
      const result = await this.#write(units, empty);
      transactions += result.transactions;
      added += result.added;
      deleted += result.deleted;
      // What was refused may have left something to others; and nft may have failed after the kernel had taken it.
      isComplete = result.refused === 0;
    }
    for (const keeper of keepers.values()) transactions += await this.#finish(keeper);
    const refused = confirmations.takeRefusals();
    return {
      result: { transactions, added, deleted, refused, verified: true, drifted, found: heldAtFirst },
      isComplete,
    };
  }

  /** Where others' rules serve until ours are in force, packets must come in both ways; else not before ours are there to guard. */
  async #finish(keeper: TableKeeper): Promise<number> {
    const { companion } = this.#parts;
    const { takeOver } = keeper;
    if (takeOver === 'foreign') await companion?.open(keeper.table);
    const transactions = await keeper.finish();
    if (takeOver === 'empty') await companion?.open(keeper.table);
    return transactions;
  }

  /**
   * Writes what the comparison found to be different; of what is refused as much as can be stays in force.
   * @param empty families that get all that is in force
   */
  async #write(units: readonly FamilyUnit[], empty: ReadonlySet<Family>): Promise<Written> {
    const { tables, writer, confirmations } = this.#parts;
    const owned = units.filter(({ owner }) => owner !== undefined);
    confirmations.confirmAllBut(owned, empty);
    const written = { added: 0, deleted: 0 };
    const count = ({ adds, deletes }: Unit): void => {
      written.added += adds.length;
      written.deleted += deletes.length;
    };
    const refused = new Map<FamilyUnit, Error>();
    let transactions = await writer.writeAll(this.#owned(owned, empty), {
      written: unit => {
        count(unit);
        confirmations.confirm(unit);
      },
      refused: (unit, error) => void refused.set(unit, error),
    });
    confirmations.fallBack(refused, units);
    const nobodys = units
      .filter(({ owner }) => owner === undefined)
      .map(unit => ({ ...unit, deletes: stillNobodys(tables.get(unit.family)!.ledger, unit.deletes) }));
    transactions += await writer.writeAll(nobodys, {
      written: count,
      refused: (_, error) => {
        throw error;
      },
    });
    return { transactions, ...written, refused: refused.size };
  }

  /** Units that differ, and all of families that are empty: these are made one by one, since there can be tens of thousands. */
  *#owned(differing: readonly FamilyUnit[], empty: ReadonlySet<Family>): Generator<FamilyUnit> {
    yield* differing;
    for (const family of empty)
      for (const unit of allElements(this.#parts.tables.get(family)!.ledger)) yield { family, ...unit };
  }
}

/** How many elements are added and deleted. */
export const countOf = (units: readonly Unit[]): { added: number; deleted: number } => ({
  added: units.reduce((sum, { adds }) => sum + adds.length, 0),
  deleted: units.reduce((sum, { deletes }) => sum + deletes.length, 0),
});

const totalSize = (found: Found): number => [...found.values()].reduce((sum, { size }) => sum + size, 0);

const sizeOf = (units: readonly Unit[]): number => {
  const { added, deleted } = countOf(units);
  return added + deleted;
};
