export interface RepairPaceOptions {
  /** From a change by others to the comparison that it asks for: what comes together is compared together. */
  readonly gatherMs: number;
  /** Least time from the end of a comparison to the next one. */
  readonly restMs: number;
  /** So many comparisons may follow each other that closely, */
  readonly burst: number;
  /** and one more with each of these. */
  readonly refillMs: number;
  /** Then the distance begins with this, and doubles as long as changes follow each other faster, */
  readonly firstDelayMs: number;
  /** up to this. It is halved where they are slower. */
  readonly maxDelayMs: number;
  /** When others have changed nothing for so long, all is as in the beginning. */
  readonly quietMs: number;
}

export const REPAIR_PACE: RepairPaceOptions = {
  gatherMs: 20,
  restMs: 150,
  burst: 10,
  refillMs: 10_000,
  firstDelayMs: 1000,
  maxDelayMs: 30_000,
  quietMs: 90_000,
};

/**
 * When to compare with the kernel after others have changed our tables: at once, as long as that is rare; with growing distance where
 * somebody keeps writing, so that two that undo each other's work do not do only that. Pure; all times are of one clock, in milliseconds.
 */
export class RepairPace {
  readonly #options: RepairPaceOptions;
  #left: number;
  #refilled = -Infinity;
  #delay = 0;
  #due: number | undefined;
  #compared = -Infinity;
  #changed = -Infinity;

  constructor(options: RepairPaceOptions = REPAIR_PACE) {
    this.#options = options;
    this.#left = options.burst;
  }

  /** Whether somebody keeps writing, and comparisons are held back for it. */
  get isContested(): boolean {
    return this.#delay > 0;
  }

  /** Distance that comparisons keep now. */
  get delayMs(): number {
    return this.#delay;
  }

  /** Others changed something. @returns when to compare; undefined where a comparison is due anyhow */
  changed(now: number): number | undefined {
    const { gatherMs, restMs, burst, refillMs, firstDelayMs, maxDelayMs } = this.#options;
    this.calm(now);
    this.#changed = now;
    if (this.#due !== undefined) return undefined;
    this.#left = Math.min(burst, this.#left + (now - this.#refilled) / refillMs);
    this.#refilled = now;
    if (this.#left >= 1 && !this.isContested) this.#left -= 1;
    else this.#delay = Math.min(maxDelayMs, Math.max(firstDelayMs, this.#delay * (this.#isSlow(now) ? 0.5 : 2)));
    this.#due = Math.max(now + gatherMs, this.#compared + Math.max(restMs, this.#delay));
    return this.#due;
  }

  #isSlow(now: number): boolean {
    return now - this.#compared > 2 * this.#delay;
  }

  /** A comparison has begun: changes from now on ask for another one. */
  comparing(): void {
    this.#due = undefined;
  }

  /** A comparison has ended. */
  compared(now: number): void {
    this.#compared = now;
  }

  /** Begins anew if others have been quiet for long enough. @returns when that will be, at the earliest; undefined: it is */
  calm(now: number): number | undefined {
    const end = this.#changed + this.#options.quietMs;
    if (end > now) return end;
    this.#delay = 0;
    this.#left = this.#options.burst;
    return undefined;
  }
}
