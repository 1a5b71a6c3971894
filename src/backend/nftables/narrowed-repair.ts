import type { Nft } from '../../kernel/nft.ts';
import type { Family } from '../../model/ip.ts';
import type { CommitResult } from '../backend.ts';
import { countOf, type ComparisonParts } from './comparison.ts';
import { diffElements, type FamilyUnit, type Found } from './diff.ts';
import { inSteps } from './in-steps.ts';
import { diffKeys, onlyIn } from './narrowed-diff.ts';
import { parseTableSteps } from './parse.ts';
import { readContainers, type DumpSets } from './read-table.ts';
import { containersOf, NFT_FAMILY, TABLE, type Container, type ContainerName } from './schema.ts';
import type { TableKeeper } from './table-keeper.ts';
import type { TouchedParts, TouchedTable } from './touched-parts.ts';

interface NarrowedRepairParts extends Pick<ComparisonParts, 'keepers' | 'writer' | 'traffic'> {
  readonly nft: Nft;
  /** Not set: nft lists what has to be read. */
  readonly dump: DumpSets | undefined;
  readonly touched: TouchedParts;
}

/**
 * Puts right what others have touched, and looks at nothing else: chains are written anew, keys of which the kernel has told what they
 * were left with get what they should have, and only a set or map of which that is not known is read. So it costs what was touched, at
 * any size of the table.
 */
export class NarrowedRepair {
  readonly #parts: NarrowedRepairParts;

  constructor(parts: NarrowedRepairParts) {
    this.#parts = parts;
  }

  /**
   * @returns undefined where all has to be compared
   * @throws Error where the kernel is not as it was told to be, so that all has to be compared, too
   */
  async run(): Promise<CommitResult | undefined> {
    const { keepers, writer, touched } = this.#parts;
    const tables: (readonly [TableKeeper, TouchedTable])[] = [];
    for (const keeper of keepers.values()) {
      const table = touched.take(keeper.family);
      if (table === undefined) continue;
      if (table === 'all' || !keeper.canRewrite(table.chains)) return undefined;
      tables.push([keeper, table]);
    }
    const drifted = new Map<Family, number>();
    const units: FamilyUnit[] = [];
    let transactions = 0;
    for (const [keeper, table] of tables) {
      const repaired = await keeper.rewrite(table.chains, table.table);
      if (repaired) transactions += 1;
      const own = await this.#difference(keeper, table);
      const { added, deleted } = countOf(own);
      const drift = repaired + added + deleted;
      if (drift) drifted.set(keeper.family, drift);
      units.push(...own);
    }
    transactions += await writer.writeTogether(units);
    return { transactions, ...countOf(units), refused: [], verified: false, drifted };
  }

  async #difference(keeper: TableKeeper, { containers }: TouchedTable): Promise<FamilyUnit[]> {
    const { family, table } = keeper;
    const units: FamilyUnit[] = [];
    const unknown: ContainerName[] = [];
    for (const [container, keys] of containers) {
      if (!keys) {
        unknown.push(container);
        continue;
      }
      const { deletes, adds, same } = diffKeys(table.ledger, container, keys);
      if (deletes.length || adds.length) units.push({ family, owner: undefined, deletes, adds });
      // Their counters have begun anew.
      this.#parts.traffic.noteWritten(family, same);
    }
    if (!unknown.length) return units;
    const found = await this.#read(
      family,
      containersOf(family).filter(({ name }) => unknown.includes(name)),
    );
    const differing = await inSteps(diffElements(onlyIn(table.ledger, new Set(unknown)), found));
    return [...units, ...differing.map(unit => ({ family, ...unit }))];
  }

  async #read(family: Family, containers: readonly Container[]): Promise<Found> {
    const { nft, dump } = this.#parts;
    try {
      const found = dump && (await readContainers(nft, dump, family, containers));
      if (found) return new Map([...found].map(([name, { values }]) => [name, values]));
    } catch {
      // Whatever it is, nft says it, too, or can do without.
    }
    return new Map(await Promise.all(containers.map(container => this.#list(family, container))));
  }

  /** @throws Error where there is no such set or map, or another one of that name */
  async #list(family: Family, { kind, name }: Container): Promise<readonly [ContainerName, Map<string, string>]> {
    const listing = await this.#parts.nft.listContainer(NFT_FAMILY[family], TABLE, kind, name);
    const content = listing === undefined ? undefined : await inSteps(parseTableSteps(family, listing));
    const elements = content?.elements.get(name);
    if (!elements) throw new Error(`${name} is not as it was declared, or gone`);
    return [name, elements];
  }
}
