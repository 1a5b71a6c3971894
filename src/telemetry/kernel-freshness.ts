export interface KernelFreshnessOptions {
  /** So old may the last comparison be, in milliseconds. Asked each time: it may change while the program runs. */
  readonly maxAgeMs: () => number;
  /** Milliseconds, of a clock that is never set. */
  readonly now: () => number;
}

/** Whether what is known of the kernel is good and young: when it was last compared with what it ought to hold, and what came of it. */
export class KernelFreshness {
  readonly #options: KernelFreshnessOptions;
  #comparedMs: number | undefined;
  #hasFailed = false;

  constructor(options: KernelFreshnessOptions) {
    this.#options = options;
  }

  /**
   * The kernel is as it should be.
   * @param wasCompared it was read, and what differed was put right; else only what changed was written
   */
  succeeded(wasCompared: boolean): void {
    if (wasCompared) this.#comparedMs = this.#options.now();
    this.#hasFailed = false;
  }

  /** It could not be read, or not be written: nobody knows what it holds. */
  failed(): void {
    this.#hasFailed = true;
  }

  /** @returns why the kernel cannot be relied upon, or undefined */
  problem(): string | undefined {
    if (this.#hasFailed) return 'the last attempt to put the kernel right failed';
    if (this.#comparedMs === undefined) return 'not compared with the kernel yet';
    const ageMs = this.#options.now() - this.#comparedMs;
    const maxAgeMs = this.#options.maxAgeMs();
    return ageMs > maxAgeMs
      ? `last compared with the kernel ${seconds(ageMs)} ago, and ${seconds(maxAgeMs)} is the limit`
      : undefined;
  }
}

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;
