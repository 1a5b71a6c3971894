import type { Nft } from '../../kernel/nft.ts';
import type { Family } from '../../model/ip.ts';
import { shapeOfVerdict } from './desired-table.ts';
import type { Companion } from './companion.ts';
import type { FamilyUnit } from './diff.ts';
import { encodeChains, encodeDeclarations, encodeElementsJson } from './encode.ts';
import { Turns } from './in-steps.ts';
import { isCompanionTable, type Chain, type ElementDelta, type Entry } from './schema.ts';
import type { TableKeeper } from './table-keeper.ts';

/** Told of every transaction on elements, once for each family in it; `seconds` is wall time. */
export type TransactionObserver = (
  family: Family,
  transaction: { readonly elements: number; readonly seconds: number; readonly failed: boolean },
) => void;

/** Told of elements that are in the kernel now, after each transaction. */
export type WriteObserver = (family: Family, adds: readonly Entry[]) => void;

export interface ElementWriterOptions {
  readonly nft: Nft;
  readonly keepers: ReadonlyMap<Family, TableKeeper>;
  readonly companion: Companion | undefined;
  readonly onTransaction: TransactionObserver | undefined;
  readonly onWritten: WriteObserver;
}

/** Told what becomes of each unit. */
export interface UnitObserver {
  written(unit: FamilyUnit): void;
  refused(unit: FamilyUnit, error: Error): void;
}

/** Elements in one transaction of a large load: fastest here, and nft needs some 3.5 KB of memory for each. */
const LARGEST_TRANSACTION = 10_000;

/** Writes elements, and the shapes that they need before them. */
export class ElementWriter {
  readonly #nft: Nft;
  readonly #keepers: ReadonlyMap<Family, TableKeeper>;
  readonly #onTransaction: TransactionObserver | undefined;
  readonly #companion: Companion | undefined;
  readonly #onWritten: WriteObserver;

  constructor({ nft, keepers, companion, onTransaction, onWritten }: ElementWriterOptions) {
    this.#nft = nft;
    this.#keepers = keepers;
    this.#companion = companion;
    this.#onTransaction = onTransaction;
    this.#onWritten = onWritten;
  }

  /**
   * Writes all units in one transaction, unless they are too many for one.
   * @returns the number of transactions. @throws CommandError, or what a unit's companion entries cannot be written for
   */
  async writeTogether(units: readonly FamilyUnit[]): Promise<number> {
    let transactions = 0;
    for await (const part of inParts(units)) {
      const [failure] = (await this.#companion?.before(part))?.values() ?? [];
      if (failure) throw failure;
      transactions += await this.#write(prepare(part));
      await this.#companion?.after(part);
    }
    return transactions;
  }

  /**
   * Writes all units; those that the kernel refuses are told apart by halving. While nft writes a part the next one is made.
   * @param units may be made as they are asked for
   * @throws CommandError where not even an empty transaction succeeds
   */
  async writeAll(units: Iterable<FamilyUnit>, observer: UnitObserver): Promise<number> {
    let transactions = 0;
    let writing = Promise.resolve(0);
    for await (const part of inParts(units)) {
      const prepared = prepare(part);
      transactions += await writing;
      writing = this.#writePart(prepared, observer);
      // Who awaits it is told.
      writing.catch(() => undefined);
    }
    return transactions + (await writing);
  }

  async #writePart(part: Prepared, observer: UnitObserver): Promise<number> {
    const unfit = new Map(await this.#companion?.before(part.units));
    for (const [unit, error] of unfit) observer.refused(unit, error);
    const fit = unfit.size ? prepare(part.units.filter(unit => !unfit.has(unit))) : part;
    const written: FamilyUnit[] = [];
    const transactions = await this.#writeOrHalve(fit, {
      written: unit => void written.push(unit),
      refused: (unit, error) => observer.refused(unit, error),
    });
    await this.#companion?.after(written);
    for (const unit of written) observer.written(unit);
    return transactions;
  }

  async #writeOrHalve(part: Prepared, observer: UnitObserver): Promise<number> {
    const { units } = part;
    try {
      const transactions = await this.#write(part);
      for (const unit of units) observer.written(unit);
      return transactions;
    } catch (error) {
      // Where nothing at all can be written no Service is to blame.
      for (const family of this.#keepers.keys()) await this.#nft.apply(encodeDeclarations(family));
      const [only] = units;
      if (units.length === 1 && only) {
        observer.refused(only, error instanceof Error ? error : new Error(String(error)));
        return 0;
      }
      const middle = Math.ceil(units.length / 2);
      return (
        (await this.#writeOrHalve(prepare(units.slice(0, middle)), observer)) +
        (await this.#writeOrHalve(prepare(units.slice(middle)), observer))
      );
    }
  }

  async #write({ deltas, json }: Prepared): Promise<number> {
    if (!deltas.size) return 0;
    const prepared = await this.#writeNewShapes(deltas);
    const began = performance.now();
    const tell = (failed: boolean): void => {
      const seconds = (performance.now() - began) / 1000;
      for (const [family, { adds, deletes }] of deltas) {
        this.#onTransaction?.(family, { elements: adds.length + deletes.length, seconds, failed });
      }
    };
    try {
      await this.#nft.apply(json, { json: true });
    } catch (error) {
      tell(true);
      throw error;
    }
    tell(false);
    for (const [family, { adds }] of deltas) this.#onWritten(family, adds);
    return prepared + 1;
  }

  /** They go before, in a transaction of their own, since nft cannot mix its JSON with its own syntax; nothing leads to them yet. */
  async #writeNewShapes(deltas: ReadonlyMap<Family, ElementDelta>): Promise<number> {
    const missing: [TableKeeper, Chain[]][] = [];
    for (const [family, { adds }] of deltas) {
      const keeper = this.#keepers.get(family);
      const chains = keeper?.missingChains(shapesIn(adds)) ?? [];
      if (keeper && chains.length) missing.push([keeper, chains]);
    }
    if (!missing.length) return 0;
    await this.#nft.apply(missing.map(([keeper, chains]) => encodeChains(keeper.family, chains)).join(''));
    for (const [keeper, chains] of missing) keeper.markPresent(chains);
    return 1;
  }
}

const shapesIn = (entries: readonly Entry[]): string[] => [
  ...new Set(entries.flatMap(({ value }) => shapeOfVerdict(value) ?? [])),
];

/** The elements for nft, of each family that has some. */
function mergeByFamily(units: readonly FamilyUnit[]): Map<Family, ElementDelta> {
  const merged = new Map<Family, { deletes: Entry[]; adds: Entry[] }>();
  for (const { family, deletes, adds } of units) {
    const delta = merged.get(family) ?? { deletes: [], adds: [] };
    for (const entry of deletes) if (!isCompanionTable(entry.container)) delta.deletes.push(entry);
    for (const entry of adds) if (!isCompanionTable(entry.container)) delta.adds.push(entry);
    if (delta.deletes.length || delta.adds.length) merged.set(family, delta);
  }
  return merged;
}

/** What goes into one transaction. */
interface Prepared {
  readonly units: readonly FamilyUnit[];
  readonly deltas: ReadonlyMap<Family, ElementDelta>;
  readonly json: string;
}

function prepare(units: readonly FamilyUnit[]): Prepared {
  const deltas = mergeByFamily(units);
  return { units, deltas, json: encodeElementsJson(deltas) };
}

/** Splits at the borders of units, so that each owner's change is in one transaction. Others have their turn in between. */
async function* inParts(units: Iterable<FamilyUnit>): AsyncGenerator<FamilyUnit[]> {
  const turns = new Turns();
  let part: FamilyUnit[] = [];
  let size = 0;
  for (const unit of units) {
    if (turns.isOver) await turns.next();
    const own = unit.adds.length + unit.deletes.length;
    if (part.length && size + own > LARGEST_TRANSACTION) {
      // To make a transaction of it takes a turn of its own.
      await turns.next();
      yield part;
      part = [];
      size = 0;
    }
    part.push(unit);
    size += own;
  }
  if (part.length) yield part;
}
