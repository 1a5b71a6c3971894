/** Delays that double from one failure to the next, with jitter, so that many nodes do not retry in step. */
export class Backoff {
  readonly #minMs: number;
  /** Longest delay. */
  maxMs: number;
  readonly #random: () => number;
  #failures = 0;

  /** @param random between 0 and 1; Math.random but in tests */
  constructor(minMs: number, maxMs: number, random: () => number = Math.random) {
    this.#minMs = minMs;
    this.maxMs = maxMs;
    this.#random = random;
  }

  /** Notes a failure. @returns milliseconds to wait: from half of the doubled delay to all of it. */
  next(): number {
    const full = Math.min(this.maxMs, this.#minMs * 2 ** this.#failures);
    this.#failures += 1;
    return full * (0.5 + 0.5 * this.#random());
  }

  reset(): void {
    this.#failures = 0;
  }

  get failures(): number {
    return this.#failures;
  }
}
