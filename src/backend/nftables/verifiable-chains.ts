import { diffChains, type ChainDiff } from './diff.ts';
import type { FoundChain } from './parse.ts';
import type { Chain } from './schema.ts';

/** Compares chains, but for those that this nft does not list as they were written: they can be written but not compared. */
export class VerifiableChains {
  readonly #unverifiable = new Set<string>();
  /** Chains that were once listed as they were written. */
  readonly #readable = new Set<string>();

  /** Which of the wanted chains are not as they should be. */
  diff(wanted: readonly Chain[], found: ReadonlyMap<string, FoundChain>): ChainDiff {
    const compared = wanted.filter(({ name }) => !(this.#unverifiable.has(name) && found.has(name)));
    const diff = diffChains(compared, found);
    const wrong = new Set(diff.wrong.map(({ name }) => name));
    for (const { name } of compared) if (!wrong.has(name)) this.#readable.add(name);
    return diff;
  }

  /** Those of which it is not known yet whether they are listed as they were written. */
  untried(chains: readonly Chain[]): readonly Chain[] {
    return chains.filter(({ name }) => !this.#readable.has(name));
  }

  /**
   * A chain that still reads differently after it was written is one that this nft prints in its own way; unless it did read as it was
   * written before, or has more or less rules: then somebody else was faster.
   * @returns those that are not compared any more
   */
  learn(written: readonly Chain[], found: ReadonlyMap<string, FoundChain>): readonly Chain[] {
    const unverifiable = this.untried(this.diff(written, found).wrong).filter(
      ({ name, rules }) => found.get(name)?.rules.length === rules.length,
    );
    for (const { name } of unverifiable) this.#unverifiable.add(name);
    return unverifiable;
  }
}
