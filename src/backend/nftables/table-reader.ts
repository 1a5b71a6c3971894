import type { Logger } from 'pino';
import { CommandError } from '../../kernel/command.ts';
import type { Nft } from '../../kernel/nft.ts';
import type { Family } from '../../model/ip.ts';
import { encodeDeclarations } from './encode.ts';
import { inSteps } from './in-steps.ts';
import { EMPTY_TABLE, parseTableSteps, type TableContent } from './parse.ts';
import { NFT_FAMILY, TABLE } from './schema.ts';

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

/** Reads what the kernel holds in one family's table. */
export class TableReader {
  readonly #nft: Nft;
  readonly #family: Family;
  readonly #logger: Logger;
  #ahead: Promise<TableContent> | undefined;

  constructor(nft: Nft, family: Family, logger: Logger) {
    this.#nft = nft;
    this.#family = family;
    this.#logger = logger;
  }

  /** The next {@link readAwake} goes by this listing; where it fails, the one who asks for it is told. */
  readAhead(listing: Listing): void {
    this.#ahead = this.#parse(listing);
    this.#ahead.catch(() => undefined);
  }

  /** @throws CommandError; Error where nft printed no listing */
  async read(): Promise<TableContent> {
    return this.#parse(this.#nft.listTable(NFT_FAMILY[this.#family], TABLE));
  }

  /**
   * The same, also of a table that nft 1.0.6 prints no JSON for, since it has flags, which only somebody else can have given it: they are
   * taken off then.
   * @returns with the number of transactions that it took. @throws CommandError
   */
  async readAwake(): Promise<{ readonly content: TableContent; readonly written: number }> {
    const ahead = this.#ahead;
    this.#ahead = undefined;
    try {
      return { content: await (ahead ?? this.read()), written: 0 };
    } catch (error) {
      if (error instanceof CommandError) throw error;
      this.#logger.warn({ err: error }, 'the listing of the table cannot be read; its flags are taken off');
      await this.#nft.apply(encodeDeclarations(this.#family));
      return { content: await this.read(), written: 1 };
    }
  }

  async #parse(awaited: Listing): Promise<TableContent> {
    const listing = await awaited;
    return listing === undefined ? EMPTY_TABLE : inSteps(parseTableSteps(this.#family, listing));
  }
}
