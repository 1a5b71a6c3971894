/** Why the loop runs; logged and counted. */
export type Reason =
  'start' | 'services-changed' | 'node-changed' | 'retry' | 'quarantine' | 'verify' | 'tidy' | 'drift';

/**
 * The one timer of the loop: says when it runs next, and why. All times are of `performance.now()`.
 * Reasons that are due at the same time are handed out together.
 */
export class WakeUp {
  readonly #due = new Map<Reason, number>();
  #timer: NodeJS.Timeout | undefined;
  #resolve: (() => void) | undefined;

  /** Asks for a run at a time; of several for one reason the last one counts. */
  at(reason: Reason, time: number): void {
    this.#due.set(reason, time);
    this.#arm();
  }

  cancel(reason: Reason): void {
    this.#due.delete(reason);
    this.#arm();
  }

  dueAt(reason: Reason): number | undefined {
    return this.#due.get(reason);
  }

  /** Waits for the earliest reason. @returns all that are due by then; none where the signal was aborted. */
  async wait(signal: AbortSignal): Promise<ReadonlySet<Reason>> {
    const stop = (): void => this.#resolve?.();
    signal.addEventListener('abort', stop);
    try {
      while (!signal.aborted) {
        const due = this.#take();
        if (due.size) return due;
        await new Promise<void>(resolve => {
          this.#resolve = resolve;
          this.#arm();
        });
      }
      return new Set();
    } finally {
      signal.removeEventListener('abort', stop);
      this.#resolve = undefined;
      clearTimeout(this.#timer);
    }
  }

  #take(): Set<Reason> {
    const now = performance.now();
    const due = new Set([...this.#due].filter(([, time]) => time <= now).map(([reason]) => reason));
    for (const reason of due) this.#due.delete(reason);
    return due;
  }

  #arm(): void {
    clearTimeout(this.#timer);
    if (!this.#resolve || !this.#due.size) return;
    // Node cuts a timer's fraction of a millisecond off; rounding up keeps it from firing just before its time.
    const wait = Math.max(0, Math.ceil(Math.min(...this.#due.values()) - performance.now()));
    this.#timer = setTimeout(this.#resolve, Math.min(wait, 2 ** 31 - 1));
  }
}
