/** Lets one message of a kind through in a while: a fault that lasts for hours is to be seen, not to fill the disk. */
export class LogLimiter {
  readonly #intervalMs: number;
  readonly #lastAt = new Map<string, number>();

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  /** Whether a message of this kind may be logged at this time (milliseconds). */
  allows(kind: string, nowMs: number): boolean {
    const lastAt = this.#lastAt.get(kind);
    if (lastAt !== undefined && nowMs - lastAt < this.#intervalMs) return false;
    this.#lastAt.set(kind, nowMs);
    return true;
  }
}
