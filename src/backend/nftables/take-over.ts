import type { Logger } from 'pino';
import type { Nft } from '../../kernel/nft.ts';
import type { Family } from '../../model/ip.ts';
import { isOnDemand, type DesiredTable } from './desired-table.ts';
import { diffChains } from './diff.ts';
import { encodeChainDeletes, encodeChains, encodeFlushes } from './encode.ts';
import { EMPTY_TABLE, type FoundChain, type TableContent } from './parse.ts';
import { NFT_FAMILY, TABLE } from './schema.ts';

interface TakeOverOptions {
  readonly nft: Nft;
  readonly table: DesiredTable;
  /** Reads the chains of the table. @throws CommandError */
  readonly readChains: () => Promise<ReadonlyMap<string, FoundChain>>;
  readonly onCleanupFailure: ((family: Family) => void) | undefined;
  readonly logger: Logger;
}

/** Puts our rules in the place of what another proxy or version left in the table, or of nothing: when ours are complete. */
export class TakeOver {
  readonly #options: TakeOverOptions;
  /** What was found and is none of ours. */
  #foreign: TableContent | undefined;
  #isEmpty = false;

  constructor(options: TakeOverOptions) {
    this.#options = options;
  }

  /** Looks at what was found, and says from then on whether our base chains have to wait. */
  judge(content: TableContent): void {
    this.#foreign = this.#foreignPart(content);
    // Where IPVS serves already, somebody else's or ours of before, rules without elements would be in its way.
    this.#isEmpty = !this.#foreign && !content.exists && this.#options.table.options.endpointsBy === 'ipvs';
  }

  /** Why our base chains are not in force before {@link finish}: others' are, or there is nothing yet. */
  get state(): 'foreign' | 'empty' | undefined {
    return this.#foreign ? 'foreign' : this.#isEmpty ? 'empty' : undefined;
  }

  /** @returns undefined where all in the table is ours. */
  #foreignPart(content: TableContent): TableContent | undefined {
    const ours = new Set(this.#options.table.baseChains.map(({ name }) => name));
    const chains = new Map([...content.chains].filter(([name]) => !ours.has(name) && !isOnDemand(name)));
    return chains.size || content.foreignContainers.length ? { ...content, chains } : undefined;
  }

  /**
   * Puts our rules in force in place of those that were found, in one transaction, and removes what is left of them in later
   * ones: before kernel 6.2 a chain stays busy for a moment after the element that led to it is gone.
   * @returns the number of transactions. @throws CommandError
   */
  async finish(): Promise<number> {
    const foreign = this.#foreign ?? (this.#isEmpty ? EMPTY_TABLE : undefined);
    if (!foreign) return 0;
    const { nft, table, readChains, logger } = this.#options;
    const { family } = table.options;
    const { wrong, replaced } = diffChains(table.baseChains, foreign.chains.size ? await readChains() : new Map());
    const names = [...foreign.chains.keys()];
    const hooked = names.filter(name => foreign.chains.get(name)?.hook);
    await nft.apply(encodeChains(family, wrong, replaced) + encodeChainDeletes(family, hooked));
    this.#foreign = undefined;
    this.#isEmpty = false;
    const unhooked = names.filter(name => !hooked.includes(name));
    const containers = foreign.foreignContainers.map(
      ({ kind, name }) => `delete ${kind} ${NFT_FAMILY[family]} ${TABLE} ${name}\n`,
    );
    // Their rules refer to their maps, and these to their chains.
    const leftovers = [encodeFlushes(family, unhooked) + containers.join(''), encodeChainDeletes(family, unhooked)];
    if (!foreign.exists) return 1;
    logger.info(
      { chains: foreign.chains.size, containers: foreign.foreignContainers.length },
      'took over from what was in the table',
    );
    return 1 + (await this.#remove(leftovers.filter(Boolean)));
  }

  async #remove(transactions: readonly string[]): Promise<number> {
    const { nft, table, onCleanupFailure, logger } = this.#options;
    let done = 0;
    for (const text of transactions) {
      try {
        await nft.apply(text);
        done += 1;
      } catch (error) {
        onCleanupFailure?.(table.options.family);
        logger.warn({ err: error }, 'leftovers could not be removed; the next comparison tries again');
      }
    }
    return done;
  }
}
