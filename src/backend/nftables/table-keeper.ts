import type { Logger } from 'pino';
import { CommandError } from '../../kernel/command.ts';
import type { Nft } from '../../kernel/nft.ts';
import type { Family } from '../../model/ip.ts';
import { isOnDemand, type DesiredTable } from './desired-table.ts';
import { diffChains } from './diff.ts';
import {
  encodeChainDeletes,
  encodeChains,
  encodeDeclarations,
  encodeElementsText,
  encodeFlushes,
  encodeTableDelete,
} from './encode.ts';
import { EMPTY_TABLE, parseTableSteps, type TableContent } from './parse.ts';
import { inSteps } from './in-steps.ts';
import { containersOf, NFT_FAMILY, TABLE, type Chain } from './schema.ts';
import { VerifiableChains } from './verifiable-chains.ts';

export interface Kept {
  /** The elements that were found; for the comparison, which uses them up. */
  readonly found: TableContent['elements'];
  /** What their counters were. */
  readonly counts: TableContent['counts'];
  /** Transactions written. */
  readonly written: number;
  /** Chains that were not as they should be, or not there any more. */
  readonly repaired: number;
}

/** What nft lists of the table; undefined: there is none. */
type Listing = Promise<string | undefined>;

/**
 * Begins to list the tables of all families, before there is a backend: a start takes as long as the longer of listing and of what the
 * API server tells, and both can begin at once.
 */
export function listAhead(nft: Nft, families: readonly Family[]): ReadonlyMap<Family, Listing> {
  const listings = families.map(family => [family, nft.listTable(NFT_FAMILY[family], TABLE)] as const);
  // Who reads them is told of a failure.
  for (const [, listing] of listings) listing.catch(() => undefined);
  return new Map(listings);
}

interface TableKeeperOptions {
  readonly nft: Nft;
  readonly table: DesiredTable;
  readonly logger: Logger;
  readonly onCleanupFailure?: ((family: Family) => void) | undefined;
}

/** Keeps the frame of one family's table right: the table, its sets and maps, its chains. Elements are others' work. */
export class TableKeeper {
  readonly table: DesiredTable;
  readonly family: Family;
  readonly #nft: Nft;
  readonly #logger: Logger;
  readonly #onCleanupFailure: TableKeeperOptions['onCleanupFailure'];
  #present = new Set<string>();
  #ahead: Promise<TableContent> | undefined;
  readonly #verifiable = new VerifiableChains();
  /** Shapes that were out of use at the last tidying, too. */
  #unused = new Set<string>();
  /** What another proxy or version left in the table; it goes when ours is complete. */
  #foreign: TableContent | undefined;
  #isEmpty = false;

  constructor({ nft, table, logger, onCleanupFailure }: TableKeeperOptions) {
    this.#nft = nft;
    this.#onCleanupFailure = onCleanupFailure;
    this.table = table;
    this.family = table.options.family;
    this.#logger = logger.child({ family: this.family });
  }

  /**
   * Reads the table and brings its frame in order. Where another proxy's rules are in force they stay so until {@link finish}.
   * @throws CommandError
   */
  async keep(): Promise<Kept> {
    let { content, written } = await this.#readAwake();
    const woken = written;
    if (content.unusable.length) {
      this.#logger.warn(
        { names: content.unusable },
        'sets of another kind have the names of ours: the table is made anew',
      );
      await this.#rebuild();
      written += 1;
      content = await this.#read();
    }
    this.#foreign = this.#foreignPart(content);
    // Where IPVS serves already, somebody else's or ours of before, rules without elements would be in its way.
    this.#isEmpty = !this.#foreign && !content.exists && this.table.options.endpointsBy === 'ipvs';
    // Shapes that are not there yet are written with the Services that need them: where the kernel refuses one, no other Service waits.
    const shapes = this.table.shapeChains().filter(({ name }) => content.chains.has(name));
    const { wrong, replaced } = this.#verifiable.diff(
      [...shapes, ...(this.takeOver ? [] : this.table.baseChains)],
      content.chains,
    );
    const isComplete = !content.isDormant && containersOf(this.family).every(({ name }) => content.elements.has(name));
    const before = this.#present;
    this.#present = new Set(content.chains.keys());
    if (!isComplete || wrong.length) {
      await this.#nft.apply(
        (isComplete ? '' : encodeDeclarations(this.family)) + encodeChains(this.family, wrong, replaced),
      );
      written += 1;
      for (const { name } of wrong) this.#present.add(name);
      // Listing once more takes as long as the comparison: only where there is something to find out.
      if (this.#verifiable.untried(wrong).length) this.#learn(wrong, await this.#read());
    }
    const repaired =
      wrong.filter(({ name }) => content.chains.has(name) || before.has(name)).length + (content.isDormant ? 1 : woken);
    return { found: content.elements, counts: content.counts, written, repaired };
  }

  /** Why our base chains are not in force before {@link finish}: others' are, or there is nothing yet. */
  get takeOver(): 'foreign' | 'empty' | undefined {
    return this.#foreign ? 'foreign' : this.#isEmpty ? 'empty' : undefined;
  }

  /** The next {@link keep} goes by this listing; where it fails, the one who asks for it is told. */
  readAhead(listing: Listing): void {
    this.#ahead = this.#parse(listing);
    this.#ahead.catch(() => undefined);
  }

  /** nft 1.0.6 may print no JSON at all for a table with flags, which only somebody else can have given it: they are taken off then. */
  async #readAwake(): Promise<{ content: TableContent; written: number }> {
    const ahead = this.#ahead;
    this.#ahead = undefined;
    try {
      return { content: await (ahead ?? this.#read()), written: 0 };
    } catch (error) {
      if (error instanceof CommandError) throw error;
      this.#logger.warn({ err: error }, 'the listing of the table cannot be read; its flags are taken off');
      await this.#nft.apply(encodeDeclarations(this.family));
      return { content: await this.#read(), written: 1 };
    }
  }

  async #read(): Promise<TableContent> {
    return this.#parse(this.#nft.listTable(NFT_FAMILY[this.family], TABLE));
  }

  async #parse(awaited: Listing): Promise<TableContent> {
    const listing = await awaited;
    return listing === undefined ? EMPTY_TABLE : inSteps(parseTableSteps(this.family, listing));
  }

  #learn(chains: readonly Chain[], content: TableContent): void {
    for (const { name } of this.#verifiable.learn(chains, content.chains)) {
      this.#logger.warn(
        { chain: name, listed: content.chains.get(name)?.rules },
        'this nft lists a chain differently than it was written; it is not compared',
      );
    }
  }

  /** @returns undefined where all in the table is ours. */
  #foreignPart(content: TableContent): TableContent | undefined {
    const ours = new Set(this.table.baseChains.map(({ name }) => name));
    const chains = new Map([...content.chains].filter(([name]) => !ours.has(name) && !isOnDemand(name)));
    return chains.size || content.foreignContainers.length ? { ...content, chains } : undefined;
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
      await this.#nft.apply([...frame, shapes, elements, base].join(''));
    } catch (error) {
      this.#logger.warn({ err: error }, 'the table cannot be made anew with all that belongs in it: it is made empty');
      await this.#nft.apply([...frame, base].join(''));
    }
  }

  /**
   * Puts our rules in force in place of those that were found, in one transaction, and removes what is left of them in later
   * ones: before kernel 6.2 a chain stays busy for a moment after the element that led to it is gone.
   * @returns the number of transactions. @throws CommandError
   */
  async finish(): Promise<number> {
    const foreign = this.#foreign ?? (this.#isEmpty ? EMPTY_TABLE : undefined);
    if (!foreign) return 0;
    const { wrong, replaced } = diffChains(
      this.table.baseChains,
      foreign.chains.size ? (await this.#read()).chains : new Map(),
    );
    const names = [...foreign.chains.keys()];
    const hooked = names.filter(name => foreign.chains.get(name)?.hook);
    await this.#nft.apply(encodeChains(this.family, wrong, replaced) + encodeChainDeletes(this.family, hooked));
    for (const { name } of wrong) this.#present.add(name);
    this.#foreign = undefined;
    this.#isEmpty = false;
    const unhooked = names.filter(name => !hooked.includes(name));
    const containers = foreign.foreignContainers.map(
      ({ kind, name }) => `delete ${kind} ${NFT_FAMILY[this.family]} ${TABLE} ${name}\n`,
    );
    // Their rules refer to their maps, and these to their chains.
    const leftovers = [
      encodeFlushes(this.family, unhooked) + containers.join(''),
      encodeChainDeletes(this.family, unhooked),
    ];
    if (!foreign.exists) return 1;
    this.#logger.info(
      { chains: foreign.chains.size, containers: foreign.foreignContainers.length },
      'took over from what was in the table',
    );
    return 1 + (await this.#remove(leftovers.filter(Boolean)));
  }

  async #remove(transactions: readonly string[]): Promise<number> {
    let done = 0;
    for (const text of transactions) {
      try {
        await this.#nft.apply(text);
        done += 1;
      } catch (error) {
        this.#onCleanupFailure?.(this.family);
        this.#logger.warn({ err: error }, 'leftovers could not be removed; the next comparison tries again');
      }
    }
    return done;
  }

  /** Those of the shapes, and of what they go on to, that are not in the kernel yet. */
  missingChains(shapes: readonly string[]): Chain[] {
    return this.table
      .chainsOf(shapes.filter(name => !this.#present.has(name)))
      .filter(({ name }) => !this.#present.has(name));
  }

  markPresent(chains: readonly Chain[]): void {
    for (const { name } of chains) this.#present.add(name);
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
