import type { Logger } from 'pino';
import type { Nft } from '../../kernel/nft.ts';
import type { Family } from '../../model/ip.ts';
import type { ServicePlan } from '../../plan/types.ts';
import type { Backend, CommitResult, Conflict, NodeEntries } from '../backend.ts';
import { Comparison, countOf } from './comparison.ts';
import { composeUnits } from './compose.ts';
import type { Companion } from './companion.ts';
import { Confirmations } from './confirmations.ts';
import { DesiredTable, type Compile } from './desired-table.ts';
import type { LedgerChange } from './ledger.ts';
import type { RulesetOptions } from './schema.ts';
import { NarrowedRepair } from './narrowed-repair.ts';
import type { FamilyUnit } from './diff.ts';
import { ElementWriter, type TransactionObserver } from './element-writer.ts';
import type { DumpSets } from './read-table.ts';
import { TableKeeper } from './table-keeper.ts';
import type { readAhead } from './table-reader.ts';
import { TouchedParts } from './touched-parts.ts';
import { TrafficCounters } from './traffic-counters.ts';

export interface NftablesBackendOptions {
  readonly nft: Nft;
  /** Reads elements in the place of nft. */
  readonly dump?: DumpSets;
  /** For what is read beside the loop; `nft` where there is no other. */
  readonly readingNft?: Nft;
  /** One for each family that is served. */
  readonly rulesets: readonly RulesetOptions[];
  readonly logger: Logger;
  readonly onTransaction?: TransactionObserver;
  /** Something stale could not be deleted. */
  readonly onCleanupFailure?: (family: Family) => void;
  /** How a plan becomes entries, where not nft chooses the endpoints. */
  readonly compile?: Compile;
  /** What is written with the tables. */
  readonly companion?: Companion;
  /** What other programs have touched is noted there. */
  readonly touched?: TouchedParts;
}

/**
 * Keeps nftables in the desired state. A change of a Service becomes one transaction of keyed elements; the first load is written in
 * several. After anything unexpected the kernel is read and compared, and only the difference is written.
 */
export class NftablesBackend implements Backend {
  readonly families: readonly Family[];
  readonly traffic: TrafficCounters;
  readonly #tables: ReadonlyMap<Family, DesiredTable>;
  readonly #keepers: ReadonlyMap<Family, TableKeeper>;
  readonly #writer: ElementWriter;
  readonly #comparison: Comparison;
  readonly #touched: TouchedParts;
  readonly #narrowed: NarrowedRepair;
  readonly #companion: Companion | undefined;
  readonly #logger: Logger;
  #staged: FamilyUnit[] = [];
  readonly #confirmations: Confirmations;
  #pending = 0;
  /** The kernel's content is unknown: at the start, and after a failure. */
  #mustRead = true;
  /** The next comparison goes by what was read before. */
  #isAhead = false;

  constructor(options: NftablesBackendOptions) {
    const {
      nft,
      dump,
      rulesets,
      logger,
      onTransaction,
      onCleanupFailure,
      compile,
      companion,
      touched = new TouchedParts(),
    } = options;
    this.#touched = touched;
    this.#companion = companion;
    this.#logger = logger;
    this.families = rulesets.map(({ family }) => family);
    this.#tables = new Map(rulesets.map(options => [options.family, new DesiredTable(options, compile)]));
    this.#confirmations = new Confirmations(this.#tables);
    this.#keepers = new Map(
      [...this.#tables].map(([family, table]) => [
        family,
        new TableKeeper({ nft, dump, table, logger, onCleanupFailure }),
      ]),
    );
    this.traffic = new TrafficCounters(options.readingNft ?? nft, this.#tables, dump);
    this.#writer = new ElementWriter({
      nft,
      keepers: this.#keepers,
      companion,
      onTransaction,
      onWritten: (family, adds) => this.traffic.noteWritten(family, adds),
    });
    const parts = { keepers: this.#keepers, writer: this.#writer, traffic: this.traffic };
    this.#comparison = new Comparison({
      ...parts,
      tables: this.#tables,
      companion,
      confirmations: this.#confirmations,
    });
    this.#narrowed = new NarrowedRepair({ ...parts, nft, dump, touched });
  }

  get pending(): number {
    return this.#pending;
  }

  stage(family: Family, owner: string, plan: ServicePlan | undefined): void {
    this.#record(family, this.#table(family).setService(owner, plan));
  }

  stageNode(family: Family, entries: NodeEntries): void {
    this.#record(family, this.#table(family).setNode(entries));
  }

  /** The first commit goes by what was read ahead. */
  readAhead(contents: ReturnType<typeof readAhead>): void {
    for (const [family, content] of contents) this.#keepers.get(family)?.reader.readAhead(content);
    this.#isAhead = true;
  }

  /** Changes what all Services of a family have in common; the next commit compares and rewrites the chains that differ. */
  configure(rulesets: readonly RulesetOptions[]): void {
    for (const options of rulesets) this.#table(options.family).options = options;
    this.#mustRead = true;
  }

  #record(family: Family, change: LedgerChange): void {
    this.#confirmations.note(family, change);
    if (!change.adds.length && !change.deletes.length) return;
    this.#pending += change.adds.length + change.deletes.length;
    // Before the kernel is known, the comparison finds all that is to be written.
    if (!this.#mustRead) this.#staged.push({ family, ...change });
  }

  #table(family: Family): DesiredTable {
    const table = this.#tables.get(family);
    if (!table) throw new Error(`${family} is not served`);
    return table;
  }

  async commit(): Promise<CommitResult> {
    if (this.#mustRead) return this.resync();
    if (!this.#staged.length) return { ...NOTHING_DONE };
    const units = composeUnits(this.#staged);
    this.#staged = [];
    try {
      const transactions = await this.#writer.writeTogether(units);
      this.#settle();
      return { ...NOTHING_DONE, transactions, ...countOf(units) };
    } catch (error) {
      // Whatever it was, the comparison tells what is left to do, and narrows down what cannot be done.
      this.#logger.warn({ err: error }, 'a transaction failed; the kernel is read and compared');
      return this.#compare(true, units);
    }
  }

  async repair(): Promise<CommitResult> {
    const committed = await this.commit();
    if (committed.verified) return committed;
    try {
      const repaired = await this.#narrowed.run();
      if (repaired) return plus(committed, repaired);
    } catch (error) {
      this.#logger.warn(
        { err: error },
        'what others touched could not be put right alone; the kernel is read and compared',
      );
    }
    return plus(committed, await this.resync());
  }

  resync(): Promise<CommitResult> {
    const staged = composeUnits(this.#staged);
    this.#staged = [];
    return this.#compare(!this.#mustRead, staged);
  }

  /**
   * @param wasKnown what the kernel held was known: what is not as it was left, somebody else has changed
   * @param staged what was to be written besides
   */
  async #compare(wasKnown: boolean, staged: readonly FamilyUnit[]): Promise<CommitResult> {
    this.#mustRead = true;
    // What others touched after the reading began is for the next one.
    if (!this.#isAhead) for (const family of this.families) this.#touched.take(family);
    this.#isAhead = false;
    const { result, isComplete } = await this.#comparison.run(wasKnown, staged);
    this.#mustRead = !isComplete;
    if (isComplete) this.#settle();
    return result;
  }

  #settle(): void {
    this.#confirmations.settle();
    this.#pending = 0;
  }

  async tidy(): Promise<boolean> {
    if (this.#mustRead) return false;
    let isMore = (await this.#companion?.tidy()) ?? false;
    for (const keeper of this.#keepers.values()) isMore = (await keeper.tidy()) || isMore;
    return isMore;
  }

  expectedElements(family: Family): number {
    return this.#table(family).ledger.size;
  }

  /** What each family should have. */
  protected get tables(): ReadonlyMap<Family, DesiredTable> {
    return this.#tables;
  }

  /** Who has a virtual server, by the ledger's name of it. */
  winnerOf(family: Family, claim: string): string | undefined {
    return this.#tables.get(family)?.ledger.winnerOf(claim);
  }

  conflicts(family: Family): readonly Conflict[] {
    return this.#table(family).ledger.conflicts();
  }
}

const NOTHING_DONE: CommitResult = {
  transactions: 0,
  added: 0,
  deleted: 0,
  refused: [],
  verified: false,
  drifted: new Map(),
};

/** What two runs did, one after the other. */
const plus = (one: CommitResult, other: CommitResult): CommitResult => ({
  ...other,
  transactions: one.transactions + other.transactions,
  added: one.added + other.added,
  deleted: one.deleted + other.deleted,
});
