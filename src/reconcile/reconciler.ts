import { setImmediate } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Backend, CommitResult, NodeEntries, NodeOwner, Refusal } from '../backend/backend.ts';
import type { Problem } from '../kube/types.ts';
import type { Family } from '../model/ip.ts';
import type { ServicePlan } from '../plan/types.ts';
import { Backoff } from './backoff.ts';
import { PlanStatus } from './plan-status.ts';
import { Quarantine } from './quarantine.ts';
import { WakeUp, type Reason } from './wake-up.ts';

export interface ReconcilerTimes {
  /** Changes are gathered until none came for so long, */
  readonly quietMs: number;
  /** but at most for so long. */
  readonly maxDelayMs: number;
  /** Least time from the end of one run to the next for changes; 0: none. */
  readonly minPeriodMs: number;
  /** Longest delay between retries. */
  readonly maxRetryMs: number;
  /** From one comparison with the kernel to the next. */
  readonly verifyMs: number;
}

/** Told of what the loop does. Must not throw. */
export interface ReconcileObserver {
  /** A change came while none was waiting. */
  queued(): void;
  /** A run takes what has come so far. */
  began(reasons: ReadonlySet<Reason>): void;
  problems(problems: readonly Problem[]): void;
  applied(outcome: Outcome): void;
  failed(error: Error, seconds: number): void;
}

export interface Outcome extends CommitResult {
  readonly reasons: readonly Reason[];
  /** Services that were planned anew. */
  readonly services: number;
  readonly seconds: number;
  readonly quarantined: number;
}

/** Work that follows the rules: told of each plan before it is programmed, and when all that it was told of is in the kernel. */
export interface Follower {
  record(family: Family, owner: string, plan: ServicePlan | undefined): void;
  programmed(): void;
}

export interface ReconcilerOptions {
  readonly backend: Backend;
  /** The plan of a Service as of now; undefined where it is not, or not for this family. */
  readonly plan: (owner: string, family: Family) => ServicePlan | undefined;
  readonly times: ReconcilerTimes;
  readonly observer: ReconcileObserver;
  readonly followers?: readonly Follower[];
  readonly logger: Logger;
}

const NODE: NodeOwner = 'node';
const CHANGES = ['services-changed', 'node-changed'] as const satisfies readonly Reason[];
const FIRST_RETRY_MS = 200;
/** Planning is cut into pieces of so many Services, so that probes are answered in between. */
const SERVICES_AT_A_TIME = 200;
const TIDY_AFTER_MS = 30_000;

/**
 * The loop: waits for a reason, takes what changed, has it planned and staged, commits, and records.
 *
 * - Nothing is written before {@link start}, which is called when every reflector has its first full state.
 * - A change costs what its Service costs, at any size of the cluster.
 * - A failed commit is retried with back-off, and reads the kernel first; no change is forgotten.
 * - A Service that the kernel refuses, or that cannot be planned, is quarantined: retried later, and all others go on.
 */
export class Reconciler {
  readonly status = new PlanStatus();
  readonly quarantine: Quarantine;
  readonly #backend: Backend;
  readonly #plan: ReconcilerOptions['plan'];
  #times: ReconcilerTimes;
  readonly #observer: ReconcileObserver;
  readonly #followers: readonly Follower[];
  readonly #logger: Logger;
  readonly #wakeUp = new WakeUp();
  readonly #retry: Backoff;
  /** What changed since the last run: Services, and the node. */
  #dirty = new Set<string>();
  #works: (() => void)[] = [];
  /** What of the node itself must be in the kernel. */
  readonly #node = new Map<Family, NodeEntries>();
  #isStarted = false;
  /** When the oldest change that waits came in. */
  #firstChange: number | undefined;
  #lastRunEnd = -Infinity;

  constructor({ backend, plan, times, observer, followers = [], logger }: ReconcilerOptions) {
    this.#followers = followers;
    this.#backend = backend;
    this.#plan = plan;
    this.#times = times;
    this.#observer = observer;
    this.#logger = logger;
    this.#retry = new Backoff(FIRST_RETRY_MS, times.maxRetryMs);
    this.quarantine = new Quarantine(times.maxRetryMs);
  }

  /** Services that wait to be planned anew. */
  get waiting(): number {
    return this.#dirty.size - (this.#dirty.has(NODE) ? 1 : 0);
  }

  /** Notes that Services changed, by `ns/name`. */
  touch(owners: Iterable<string>): void {
    const before = this.#dirty.size;
    for (const owner of owners) this.#dirty.add(owner);
    if (this.#dirty.size > before || this.#firstChange !== undefined) this.#schedule('services-changed');
  }

  /** Notes what of the node itself must be in the kernel. */
  setNode(family: Family, entries: NodeEntries): void {
    this.#node.set(family, entries);
    this.#dirty.add(NODE);
    this.#schedule('node-changed');
  }

  /** Has something done to the backend at the beginning of the next run: a running commit must not see half of it. */
  atNextRun(work: () => void): void {
    this.#works.push(work);
    this.#schedule('node-changed');
  }

  /** Every reflector has its first full state: from now on the kernel is written. */
  start(): void {
    this.#isStarted = true;
    this.#wakeUp.at('start', performance.now());
  }

  /** Has the kernel compared with what is desired, now: all of it, or what others are known to have touched. */
  verifyNow(reason: 'verify' | 'drift' = 'verify'): void {
    if (this.#isStarted) this.#wakeUp.at(reason, performance.now());
  }

  /** Changes its times; what is due earlier by the new ones comes earlier. */
  setTimes(times: ReconcilerTimes): void {
    this.#times = times;
    this.#retry.maxMs = times.maxRetryMs;
    this.quarantine.maxRetryMs = times.maxRetryMs;
    const latest = performance.now() + times.verifyMs;
    const due = this.#wakeUp.dueAt('verify');
    if (due !== undefined && due > latest) this.#wakeUp.at('verify', latest);
  }

  #schedule(reason: (typeof CHANGES)[number]): void {
    if (this.#firstChange === undefined) this.#observer.queued();
    const now = performance.now();
    this.#firstChange ??= now;
    if (!this.#isStarted || this.#wakeUp.dueAt('start') !== undefined) return;
    const { quietMs, maxDelayMs, minPeriodMs } = this.#times;
    const gathered = Math.min(now + quietMs, this.#firstChange + maxDelayMs);
    this.#wakeUp.at(reason, Math.max(gathered, this.#lastRunEnd + minPeriodMs));
  }

  /** Runs until the signal is aborted. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const reasons = await this.#wakeUp.wait(signal);
      if (reasons.size) await this.#once(reasons);
    }
  }

  async #once(reasons: ReadonlySet<Reason>): Promise<void> {
    if (reasons.has('tidy')) await this.#tidy();
    if (reasons.has('tidy') && reasons.size === 1) return;
    this.#observer.began(reasons);
    const began = performance.now();
    const seconds = (): number => (performance.now() - began) / 1000;
    if (reasons.has('quarantine')) for (const owner of this.quarantine.takeDue(began)) this.#dirty.add(owner);
    const owners = this.#dirty;
    const works = this.#works;
    this.#dirty = new Set();
    this.#works = [];
    this.#firstChange = undefined;
    for (const reason of CHANGES) this.#wakeUp.cancel(reason);
    try {
      for (const work of works) work();
      const unplanned = await this.#stage(owners);
      const how = reasons.has('verify') ? 'resync' : reasons.has('drift') ? 'repair' : 'commit';
      const written = await this.#backend[how]();
      const result = { ...written, refused: [...written.refused, ...unplanned] };
      this.#retry.reset();
      this.#wakeUp.cancel('retry');
      this.#settle(owners, result);
      for (const follower of this.#followers) follower.programmed();
      this.#observer.applied({
        ...result,
        reasons: [...reasons],
        services: owners.size - (owners.has(NODE) ? 1 : 0),
        seconds: seconds(),
        quarantined: this.quarantine.size,
      });
    } catch (error) {
      this.#observer.failed(error instanceof Error ? error : new Error(String(error)), seconds());
      this.#wakeUp.at('retry', performance.now() + this.#retry.next());
    }
    this.#lastRunEnd = performance.now();
    // What came during this run knew of the end of the one before.
    for (const reason of CHANGES) if (this.#wakeUp.dueAt(reason) !== undefined) this.#schedule(reason);
    if (this.#wakeUp.dueAt('tidy') === undefined) this.#wakeUp.at('tidy', this.#lastRunEnd + TIDY_AFTER_MS);
  }

  /**
   * Plans and stages what changed. What arrives meanwhile is for the next run.
   * @returns what could not be planned, which is a bug: that goes on by the plan that it had
   */
  async #stage(owners: ReadonlySet<string>): Promise<Refusal[]> {
    const unplanned: Refusal[] = [];
    let planned = 0;
    if (owners.has(NODE)) for (const [family, entries] of this.#node) this.#backend.stageNode(family, entries);
    for (const owner of owners) {
      if (owner === NODE) continue;
      for (const family of this.#backend.families) {
        try {
          this.#stageService(family, owner);
        } catch (error) {
          unplanned.push({ owner, family, error: error instanceof Error ? error : new Error(String(error)) });
        }
      }
      planned += 1;
      if (planned % SERVICES_AT_A_TIME === 0) await setImmediate();
    }
    return unplanned;
  }

  #stageService(family: Family, owner: string): void {
    const plan = this.#plan(owner, family);
    const problems = this.status.record(family, owner, plan);
    if (problems.length) this.#observer.problems(problems);
    for (const follower of this.#followers) follower.record(family, owner, plan);
    this.#backend.stage(family, owner, plan);
  }

  #settle(owners: ReadonlySet<string>, { refused, verified }: CommitResult): void {
    for (const owner of owners) {
      this.quarantine.release(
        owner,
        refused.filter(one => one.owner === owner).map(({ family }) => family),
      );
    }
    for (const refusal of refused) this.quarantine.add(refusal, performance.now());
    const due = this.quarantine.nextDue();
    if (due === undefined) this.#wakeUp.cancel('quarantine');
    else this.#wakeUp.at('quarantine', due);
    if (verified) this.#wakeUp.at('verify', performance.now() + this.#times.verifyMs * (0.9 + 0.2 * Math.random()));
  }

  async #tidy(): Promise<void> {
    try {
      if (await this.#backend.tidy()) this.#wakeUp.at('tidy', performance.now() + TIDY_AFTER_MS);
    } catch (error) {
      this.#logger.warn({ err: error }, 'chains out of use could not be removed; tried again later');
      this.#wakeUp.at('tidy', performance.now() + 2 * TIDY_AFTER_MS);
    }
  }
}
