export interface BackoffLimits {
  readonly initialMs: number;
  readonly maxMs: number;
}

/** client-go's reflector: 800 ms, doubling to 30 s. */
export const REFLECTOR_BACKOFF: BackoffLimits = { initialMs: 800, maxMs: 30_000 };

/**
 * Exponential back-off with full jitter: a delay is uniform between 0 and the current ceiling, so that thousands of nodes
 * that lost one API server at the same moment do not come back at the same moment.
 */
export class Backoff {
  readonly #limits: BackoffLimits;
  readonly #random: () => number;
  #failures = 0;

  constructor(limits: BackoffLimits, random: () => number) {
    this.#limits = limits;
    this.#random = random;
  }

  /** Failures in a row. */
  get failures(): number {
    return this.#failures;
  }

  /** Milliseconds to wait before the next attempt. */
  next(): number {
    const ceilingMs = Math.min(this.#limits.maxMs, this.#limits.initialMs * 2 ** this.#failures);
    this.#failures += 1;
    return this.#random() * ceilingMs;
  }

  /** Counts a failure that is retried at once. */
  skip(): void {
    this.#failures += 1;
  }

  reset(): void {
    this.#failures = 0;
  }
}
