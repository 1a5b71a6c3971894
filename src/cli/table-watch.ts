import type { Logger } from 'pino';
import type { EventRecorder } from '../kube/event-recorder.ts';
import type { TableChange, TableCommit } from '../kernel/nfnetlink.ts';
import type { Author } from '../kernel/own-processes.ts';
import type { Family } from '../model/ip.ts';
import { RepairPace } from '../reconcile/repair-pace.ts';
import type { Reason } from '../reconcile/wake-up.ts';
import type { MonitorMetrics } from '../telemetry/metrics/monitor.ts';

export interface TableWatchOptions {
  readonly families: readonly Family[];
  /** Whether a transaction is one of this program's. */
  readonly isOwn: (author: Author) => boolean;
  /** Whether a change is one that no comparison would find. */
  readonly isHarmless: (change: TableChange) => boolean;
  /** Told of all that others do to our tables, before the comparison. */
  readonly touched: { note(commit: TableCommit): void; noteAll(): void };
  /** Has the kernel compared and repaired now. */
  readonly compare: () => void;
  /** The command line of a process; undefined where it is not to be had. */
  readonly commandLineOf: (pid: number) => string | undefined;
  readonly metrics: MonitorMetrics;
  readonly events: EventRecorder;
  readonly node: { readonly name: string; readonly uid?: string };
  readonly logger: Logger;
  readonly pace?: RepairPace;
}

const NFT_FAMILY = { ipv4: 'ip', ipv6: 'ip6' } as const satisfies Record<Family, TableChange['family']>;

/** Why the loop reads the kernel before it writes. */
const COMPARING = ['start', 'verify', 'drift'] as const satisfies readonly Reason[];

/** While somebody keeps writing, it is said again after this. */
const REPEAT_MS = 10 * 60_000;
/** So many changes of a transaction are named in the log. */
const NAMED = 3;

/**
 * What follows when another program has changed our tables: they are compared and repaired at once, the program is named, and where it
 * does so again and again repairs are held back and the operator is told.
 */
export class TableWatch {
  readonly #options: TableWatchOptions;
  readonly #pace: RepairPace;
  #timer: NodeJS.Timeout | undefined;
  #calmTimer: NodeJS.Timeout | undefined;
  #toldAt = -Infinity;
  #isContested = false;
  #isStarted = false;
  #isComparing = false;
  /** A comparison was asked for before the loop had started. */
  #isOwed = false;
  /** Whether anybody had to be told that nothing is told. */
  #isDeaf = false;
  #isWatching = false;

  constructor(options: TableWatchOptions) {
    this.#options = options;
    this.#pace = options.pace ?? new RepairPace();
  }

  /** Whether changes are told now. Those that were missed before or will be are made up for by a comparison. */
  get isWatching(): boolean {
    return this.#isWatching;
  }

  /** For {@link TableMonitor}. */
  onCommit(commit: TableCommit): void {
    const { isOwn, isHarmless, families, touched: parts, metrics } = this.#options;
    if (isOwn(commit)) return;
    parts.note(commit);
    const touched = families.filter(family =>
      commit.changes.some(change => change.family === NFT_FAMILY[family] && (commit.isPartial || !isHarmless(change))),
    );
    if (!touched.length) return;
    for (const family of touched) metrics.countForeignTransaction(family);
    this.#ask(commit);
  }

  /** Changes may have been missed. */
  onGap(): void {
    this.#options.touched.noteAll();
    this.#options.metrics.countGap();
    this.#options.logger.warn('changes of our tables may have been missed; they are compared');
    this.#ask(undefined);
  }

  onState({ isWatching, error }: { readonly isWatching: boolean; readonly error?: Error }): void {
    const { metrics, logger } = this.#options;
    this.#isWatching = isWatching;
    metrics.setWatching(isWatching);
    if (!isWatching) {
      logger.warn(
        { err: error },
        'changes of our tables are not told for a while; until then they are found by comparing',
      );
    } else if (this.#isDeaf) logger.info('changes of our tables are told again');
    this.#isDeaf = !isWatching;
  }

  /** A run of the loop has begun. */
  began(reasons: ReadonlySet<Reason>): void {
    this.#isComparing = COMPARING.some(reason => reasons.has(reason));
    if (this.#isComparing) this.#pace.comparing();
  }

  /** It has ended, well or not. */
  ended(): void {
    if (this.#isComparing) this.#pace.compared(performance.now());
    this.#isStarted = true;
    if (!this.#isOwed) return;
    this.#isOwed = false;
    this.#ask(undefined);
  }

  close(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#calmTimer);
  }

  /** @param commit what is the reason, if one is known */
  #ask(commit: TableCommit | undefined): void {
    if (!this.#isStarted) {
      this.#isOwed = true;
      return;
    }
    const now = performance.now();
    const due = this.#pace.changed(now);
    if (due === undefined) return;
    if (commit) this.#tell(commit);
    if (this.#pace.isContested) this.#tellContest(commit, now);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#options.compare, due - now);
  }

  #tell(commit: TableCommit): void {
    this.#options.logger.warn(
      { ...this.#authorOf(commit), changes: changesText(commit) },
      'another program changed a table of ours; it is compared and repaired',
    );
  }

  #authorOf({ pid, program }: Author): { readonly pid: number; readonly program: string; readonly command?: string } {
    const command = this.#options.commandLineOf(pid);
    return { pid, program, ...(command !== undefined && { command }) };
  }

  #tellContest(commit: TableCommit | undefined, now: number): void {
    const { logger, metrics, events, node } = this.#options;
    if (!this.#isContested) {
      this.#isContested = true;
      metrics.setContested(true);
      this.#awaitCalm();
    }
    if (now - this.#toldAt < REPEAT_MS) return;
    this.#toldAt = now;
    const author = commit && this.#authorOf(commit);
    logger.error(
      { ...author, nextMs: this.#pace.delayMs },
      'another program keeps changing our tables: is a second proxy running? repairs are held back',
    );
    const who = author ? `${author.program} (pid ${author.pid}${author.command ? `: ${author.command}` : ''})` : '';
    events.record({
      regarding: { kind: 'Node', ...node },
      type: 'Warning',
      reason: 'TablesContested',
      action: 'Repair',
      note: `node ${node.name}: another program keeps changing the tables kube-proxy, last ${who || 'unknown'}; repairs are held back`,
    });
  }

  #awaitCalm(): void {
    const now = performance.now();
    const end = this.#pace.calm(now);
    if (end !== undefined) {
      this.#calmTimer = setTimeout(() => this.#awaitCalm(), Math.ceil(end - now));
      return;
    }
    this.#isContested = false;
    this.#toldAt = -Infinity;
    this.#options.metrics.setContested(false);
    this.#options.logger.info('our tables are left alone again; repairs are made at once');
  }
}

/** `ip delete chain filter-input, ip delete rule filter-input, ...` */
function changesText({ changes, isPartial }: TableCommit): string {
  const named = changes
    .slice(0, NAMED)
    .map(({ family, verb, what, name }) => `${family} ${verb} ${what}${name ? ` ${name}` : ''}`);
  return [...named, ...(changes.length > NAMED || isPartial ? ['...'] : [])].join(', ');
}
