import type { Logger } from 'pino';
import { CommandError } from '../../kernel/command.ts';
import type { Nft } from '../../kernel/nft.ts';
import type { Family } from '../../model/ip.ts';
import { encodeDeclarations } from './encode.ts';
import { inSteps } from './in-steps.ts';
import { EMPTY_TABLE, parseTableSteps, type TableContent } from './parse.ts';
import { readFrame, readTable, type DumpSets } from './read-table.ts';
import { NFT_FAMILY, TABLE } from './schema.ts';

export interface TableReaderOptions {
  readonly nft: Nft;
  readonly family: Family;
  readonly logger: Logger;
  /** Not set: nft lists the elements, too. */
  readonly dump?: DumpSets | undefined;
}

/** Reads what the kernel holds in one family's table. */
export class TableReader {
  readonly #options: TableReaderOptions;
  #ahead: Promise<TableContent> | undefined;
  #hasTold = false;

  constructor(options: TableReaderOptions) {
    this.#options = options;
  }

  /** The next {@link readAwake} goes by this; where it fails, the one who asks for it is told. */
  readAhead(content: Promise<TableContent>): void {
    this.#ahead = content;
  }

  /** @throws CommandError; Error where nft printed no listing */
  read(): Promise<TableContent> {
    const { nft, family } = this.#options;
    return this.#read(dump => readTable(nft, dump, family));
  }

  /** Of its chains alone. @throws as read */
  async readChains(): Promise<TableContent['chains']> {
    const { nft, family } = this.#options;
    return (await this.#read(() => readFrame(nft, family))).chains;
  }

  /** @param byKernel how, where the kernel can be asked; else nft lists all */
  async #read(byKernel: (dump: DumpSets) => Promise<TableContent>): Promise<TableContent> {
    const { nft, family, logger, dump } = this.#options;
    if (dump) {
      try {
        return await byKernel(dump);
      } catch (error) {
        logger[this.#hasTold ? 'debug' : 'info'](
          { err: error },
          'nft lists the table, which takes longer than to read it from the kernel',
        );
        this.#hasTold = true;
      }
    }
    const listing = await nft.listTable(NFT_FAMILY[family], TABLE);
    return listing === undefined ? EMPTY_TABLE : inSteps(parseTableSteps(family, listing));
  }

  /**
   * The same, also of a table that nft 1.0.6 prints no JSON for, since it has flags, which only somebody else can have given it: they are
   * taken off then.
   * @returns with the number of transactions that it took. @throws CommandError
   */
  async readAwake(): Promise<{ readonly content: TableContent; readonly written: number }> {
    const { nft, family, logger } = this.#options;
    const ahead = this.#ahead;
    this.#ahead = undefined;
    try {
      return { content: await (ahead ?? this.read()), written: 0 };
    } catch (error) {
      if (error instanceof CommandError) throw error;
      logger.warn({ err: error }, 'the listing of the table cannot be read; its flags are taken off');
      await nft.apply(encodeDeclarations(family));
      return { content: await this.read(), written: 1 };
    }
  }
}

/**
 * Begins to read the tables of all families, before there is a backend: a start takes as long as the longer of reading and of what the
 * API server tells, and both can begin at once.
 */
export function readAhead(
  families: readonly Family[],
  options: Omit<TableReaderOptions, 'family'>,
): ReadonlyMap<Family, Promise<TableContent>> {
  const contents = families.map(family => [family, new TableReader({ ...options, family }).read()] as const);
  // Who takes them is told of a failure.
  for (const [, content] of contents) content.catch(() => undefined);
  return new Map(contents);
}
