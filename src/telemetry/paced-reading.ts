export interface PacedReadingOptions {
  /** Milliseconds, of a clock that is never set. */
  readonly now: () => number;
  readonly read: () => Promise<void>;
  /** The first failure after a success; those that follow it are not told. */
  readonly onFailure: (error: unknown) => void;
}

const LEAST_INTERVAL_MS = 5000;
const LONGEST_INTERVAL_MS = 60_000;
/** At 10,000 Services a reading takes a quarter of a second of CPU: one in fifty times its length is 2 % of a core at most. */
const COST_FACTOR = 50;

/** A reading of the kernel that is asked for at will and done not too often, one at a time, beside the loop. */
export class PacedReading {
  readonly #options: PacedReadingOptions;
  #isReading = false;
  #hasFailed = false;
  #dueMs = -Infinity;
  #failures = 0;

  constructor(options: PacedReadingOptions) {
    this.#options = options;
  }

  get failures(): number {
    return this.#failures;
  }

  /** Somebody wants to know: reads, unless that was done a short time ago or is being done. Never throws. */
  wanted(): void {
    if (this.#isReading || this.#options.now() < this.#dueMs) return;
    this.#isReading = true;
    void this.#read();
  }

  async #read(): Promise<void> {
    const { now, read, onFailure } = this.#options;
    const began = now();
    try {
      await read();
      this.#hasFailed = false;
    } catch (error) {
      this.#failures += 1;
      if (!this.#hasFailed) onFailure(error);
      this.#hasFailed = true;
    }
    const ended = now();
    this.#dueMs = ended + Math.min(LONGEST_INTERVAL_MS, Math.max(LEAST_INTERVAL_MS, COST_FACTOR * (ended - began)));
    this.#isReading = false;
  }
}
