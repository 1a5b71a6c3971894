import type { Logger } from 'pino';
import type { Nft } from '../../kernel/nft.ts';
import type { Family } from '../../model/ip.ts';
import { isOnDemand, type DesiredTable } from './desired-table.ts';
import {
  encodeChainDeletes,
  encodeChains,
  encodeDeclarations,
  encodeElementsText,
  encodeTableDelete,
} from './encode.ts';
import type { TableContent } from './parse.ts';
import type { DumpSets } from './read-table.ts';
import { containersOf, REJECT_CHAIN, type Chain } from './schema.ts';
import { TableReader } from './table-reader.ts';
import { TakeOver } from './take-over.ts';
import { VerifiableChains } from './verifiable-chains.ts';

export interface Kept {
  /** The elements that were found; for the comparison, which uses them up. */
  readonly found: TableContent['elements'];
  /** What their counters were. */
  readonly counts: TableContent['counts'];
  /** Transactions written. */
  readonly written: number;
  /** Chains that were not there or not as they should be, the table's flags, and the table itself where it could not be used. */
  readonly repaired: number;
}

interface TableKeeperOptions {
  readonly nft: Nft;
  readonly dump: DumpSets | undefined;
  readonly table: DesiredTable;
  readonly logger: Logger;
  readonly onCleanupFailure?: ((family: Family) => void) | undefined;
}

/** Keeps the frame of one family's table right: the table, its sets and maps, its chains. Elements are others' work. */
export class TableKeeper {
  readonly table: DesiredTable;
  readonly family: Family;
  readonly reader: TableReader;
  readonly #nft: Nft;
  readonly #logger: Logger;
  readonly #onCleanupFailure: TableKeeperOptions['onCleanupFailure'];
  #present = new Set<string>();
  /** Shapes that were out of use when the table was compared: what they are made of is not known. */
  #unknown = new Set<string>();
  readonly #verifiable = new VerifiableChains();
  /** Shapes that were out of use at the last tidying, too. */
  #unused = new Set<string>();
  /** What another proxy or version left in the table goes when ours is complete. */
  readonly #takeOver: TakeOver;

  constructor({ nft, dump, table, logger, onCleanupFailure }: TableKeeperOptions) {
    this.#nft = nft;
    this.#onCleanupFailure = onCleanupFailure;
    this.table = table;
    this.family = table.options.family;
    this.#logger = logger.child({ family: this.family });
    const reader = new TableReader({ nft, dump, family: this.family, logger: this.#logger });
    this.reader = reader;
    const readChains = (): Promise<TableContent['chains']> => reader.readChains();
    this.#takeOver = new TakeOver({ nft, table, readChains, onCleanupFailure, logger: this.#logger });
  }

  /**
   * Reads the table and brings its frame in order. Where another proxy's rules are in force they stay so until {@link finish}.
   * @throws CommandError
   */
  async keep(): Promise<Kept> {
    let { content, written } = await this.reader.readAwake();
    if (content.unusable.length) {
      this.#logger.warn(
        { names: content.unusable },
        'sets of another kind have the names of ours: the table is made anew',
      );
      await this.#rebuild();
      written += 1;
      content = await this.reader.read();
    }
    const madeUsable = written;
    this.#takeOver.judge(content);
    // Shapes that are not there yet are written with the Services that need them: where the kernel refuses one, no other Service waits.
    const inUse = this.table.shapeChains().filter(({ name }) => content.chains.has(name));
    // But one that is there cannot be put right without those that it goes on to.
    const shapes = this.table.chainsOf(inUse.map(({ name }) => name));
    const { wrong, replaced } = this.#verifiable.diff(
      [...shapes, ...(this.takeOver ? this.#neededByElements(content) : this.table.baseChains)],
      content.chains,
    );
    const isComplete = !content.isDormant && containersOf(this.family).every(({ name }) => content.elements.has(name));
    this.#present = new Set(content.chains.keys());
    const known = new Set(shapes.map(({ name }) => name));
    this.#unknown = new Set([...this.#present].filter(name => isOnDemand(name) && !known.has(name)));
    if (!isComplete || wrong.length) {
      await this.#nft.apply(
        (isComplete ? '' : encodeDeclarations(this.family)) + encodeChains(this.family, wrong, replaced),
      );
      written += 1;
      this.markPresent(wrong);
      // Listing once more takes as long as the comparison: only where there is something to find out.
      if (this.#verifiable.untried(wrong).length) this.#learn(wrong, await this.reader.readChains());
    }
    const repaired = wrong.length + (content.isDormant ? 1 : madeUsable);
    return { found: content.elements, counts: content.counts, written, repaired };
  }

  /** Of the chains that have to wait, those that elements lead to; others' of the same name stay as they are. */
  #neededByElements({ chains }: TableContent): Chain[] {
    return this.table.baseChains.filter(({ name }) => name === REJECT_CHAIN && !chains.has(name));
  }

  /** Whether what these chains should be is known without a comparison: all are ours. */
  canRewrite(names: ReadonlySet<string>): boolean {
    const base = new Set(this.table.baseChains.map(({ name }) => name));
    return [...names].every(name => base.has(name) || isOnDemand(name));
  }

  /**
   * Writes chains that others have touched anew, without reading any, and the table's flags where these were touched.
   * @returns how many things it has put right. @throws CommandError
   */
  async rewrite(names: ReadonlySet<string>, withTable: boolean): Promise<number> {
    if (!names.size && !withTable) return 0;
    const base = this.table.baseChains.filter(({ name }) => names.has(name));
    const onDemand = this.table.chainsOf([...names]);
    const chains = encodeChains(this.family, [...onDemand, ...base]);
    await this.#nft.apply((withTable ? encodeDeclarations(this.family) : '') + chains);
    this.markPresent(onDemand);
    return names.size + (withTable ? 1 : 0);
  }

  /** Why our base chains are not in force before {@link finish}: others' are, or there is nothing yet. */
  get takeOver(): TakeOver['state'] {
    return this.#takeOver.state;
  }

  #learn(chains: readonly Chain[], found: TableContent['chains']): void {
    for (const { name } of this.#verifiable.learn(chains, found)) {
      this.#logger.warn(
        { chain: name, listed: found.get(name)?.rules },
        'this nft lists a chain differently than it was written; it is not compared',
      );
    }
  }

  /**
   * Makes the whole table anew in one transaction, elements included. Where these are refused they are left to the comparison, which finds
   * out whose fault it is.
   */
  async #rebuild(): Promise<void> {
    const frame = [encodeTableDelete(this.family), encodeDeclarations(this.family)];
    const base = encodeChains(this.family, this.table.baseChains);
    const shapes = encodeChains(this.family, this.table.shapeChains());
    const elements = encodeElementsText(this.family, { deletes: [], adds: [...this.table.ledger.entries()] });
    try {
      // Elements lead to one of the base chains, too.
      await this.#nft.apply([...frame, shapes, base, elements].join(''));
    } catch (error) {
      this.#logger.warn({ err: error }, 'the table cannot be made anew with all that belongs in it: it is made empty');
      await this.#nft.apply([...frame, base].join(''));
    }
  }

  /** Puts our rules in force where they had to wait. @returns the number of transactions. @throws CommandError */
  finish(): Promise<number> {
    return this.#takeOver.finish();
  }

  /** Those of the shapes, and of what they go on to, that are not in the kernel yet, or not known to be as they should. */
  missingChains(shapes: readonly string[]): Chain[] {
    const isMissing = (name: string): boolean => !this.#present.has(name) || this.#unknown.has(name);
    return this.table.chainsOf(shapes.filter(isMissing)).filter(({ name }) => isMissing(name));
  }

  /** Such chains were written. */
  markPresent(chains: readonly Chain[]): void {
    for (const { name } of chains) {
      this.#present.add(name);
      this.#unknown.delete(name);
    }
  }

  /** Removes shapes that were out of use at two tidyings in a row. @returns whether some wait for the next one. @throws CommandError */
  async tidy(): Promise<boolean> {
    const used = new Set(this.table.shapeChains().map(({ name }) => name));
    const unused = [...this.#present].filter(name => isOnDemand(name) && !used.has(name));
    const gone = unused.filter(name => this.#unused.has(name));
    this.#unused = new Set(unused.filter(name => !gone.includes(name)));
    if (gone.length) {
      try {
        await this.#nft.apply(encodeChainDeletes(this.family, gone));
      } catch (error) {
        this.#onCleanupFailure?.(this.family);
        throw error;
      }
      for (const name of gone) this.#present.delete(name);
    }
    return this.#unused.size > 0;
  }
}
