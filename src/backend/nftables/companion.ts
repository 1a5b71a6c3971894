import type { Family } from '../../model/ip.ts';
import type { FamilyUnit, Found } from './diff.ts';
import type { DesiredTable } from './desired-table.ts';

/**
 * A part of the kernel that is none of nft's and is kept in step with the tables: the ledger has its entries, too, in containers of its
 * own (`CompanionTable`). It has no transactions: what elements lead to is written before them, and what they led to is removed after.
 */
export interface Companion {
  /** Reads all that is there, for a comparison. @throws Error where it cannot */
  read(tables: ReadonlyMap<Family, DesiredTable>): Promise<ReadonlyMap<Family, Found>>;

  /** Has packets come to where the rules of this family, which are in force, expect them. Idempotent. @throws Error */
  open(table: DesiredTable): Promise<void>;

  /** Writes what has to be there before the elements of these units. @returns those that cannot be had, with the reason */
  before(units: readonly FamilyUnit[]): Promise<ReadonlyMap<FamilyUnit, Error>>;

  /** Removes what the elements of these units, which are written, lead to no more. @throws Error */
  after(units: readonly FamilyUnit[]): Promise<void>;

  /** Removes what waits for a quiet moment. @returns whether there is more to remove a while later */
  tidy(): Promise<boolean>;
}
