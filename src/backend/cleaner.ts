import type { Logger } from 'pino';
import type { Family } from '../model/ip.ts';
import type { ServicePlan } from '../plan/types.ts';
import { Suspects } from './suspects.ts';

/** What a cleaner removes. */
export interface CleaningTask {
  /** For the log: `stale UDP flows`. */
  readonly what: string;
  /** The keys of a Service that the kernel remembers clients under, with the endpoints of each. */
  readonly ownedBy: (plan: ServicePlan) => ReadonlyMap<string, readonly string[]>;
  /**
   * Removes what the kernel remembers at these keys and should not.
   * @param isFirst the kernel's memory may be from before this process: what is at keys that nobody uses goes, too
   * @throws Error where it could not be done; it is tried again
   */
  readonly clean: (family: Family, suspects: Suspects, keys: readonly string[], isFirst: boolean) => Promise<void>;
}

const RETRY_MS = 5000;
/** A packet that was on its way while the rules changed may have left its mark after the first look. */
const SECOND_LOOK_MS = 1000;

/**
 * Has the kernel forget clients of endpoints that are gone. Works beside the loop, after the rules are in place; what could not be done is
 * tried again.
 */
export class Cleaner {
  readonly #task: CleaningTask;
  readonly #logger: Logger;
  readonly #suspects: ReadonlyMap<Family, Suspects>;
  readonly #cleanedOnce = new Set<Family>();
  #running: Promise<void> = Promise.resolve();

  constructor(families: readonly Family[], task: CleaningTask, logger: Logger) {
    this.#task = task;
    this.#logger = logger;
    this.#suspects = new Map(families.map(family => [family, new Suspects(task.ownedBy)]));
  }

  /** Notes the plan of a Service, before it is programmed. */
  record(family: Family, owner: string, plan: ServicePlan | undefined): void {
    this.#suspects.get(family)?.record(owner, plan);
  }

  /** All plans that were noted are in the kernel: cleans up after them, soon. Never throws. */
  programmed(): void {
    for (const [family, suspects] of this.#suspects) {
      const keys = suspects.suspects();
      if (keys.length || !this.#cleanedOnce.has(family)) this.#enqueue(family, suspects, keys);
    }
  }

  #enqueue(family: Family, suspects: Suspects, keys: readonly string[]): void {
    this.#running = this.#running.then(async () => {
      try {
        await this.#task.clean(family, suspects, keys, !this.#cleanedOnce.has(family));
        this.#cleanedOnce.add(family);
        suspects.settle(keys);
        if (keys.length) this.#later(SECOND_LOOK_MS, () => this.#lookAgain(family, suspects, keys));
      } catch (error) {
        this.#logger.error({ family, err: error }, `${this.#task.what} could not be removed; tried again soon`);
        this.#later(RETRY_MS, () => this.#enqueue(family, suspects, keys));
      }
    });
  }

  #lookAgain(family: Family, suspects: Suspects, keys: readonly string[]): void {
    this.#running = this.#running
      .then(() => this.#task.clean(family, suspects, keys, false))
      .catch((error: unknown) =>
        this.#logger.debug({ family, err: error }, `second look at ${this.#task.what} failed`),
      );
  }

  #later(delayMs: number, work: () => void): void {
    setTimeout(work, delayMs).unref();
  }
}
