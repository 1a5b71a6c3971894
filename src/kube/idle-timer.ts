import type { Clock } from './clock.ts';

/**
 * Calls back once when nothing was heard for a while. `touch` is called for each chunk of a stream and must cost nothing,
 * so it only notes the time; the one timer arms itself again for what is left.
 */
export class IdleTimer {
  readonly #clock: Clock;
  readonly #onIdle: (limitMs: number) => void;
  #limitMs = 0;
  #heardAt = 0;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, onIdle: (limitMs: number) => void) {
    this.#clock = clock;
    this.#onIdle = onIdle;
  }

  /** Begins anew with another limit, in milliseconds. */
  start(limitMs: number): void {
    this.stop();
    this.#limitMs = limitMs;
    this.touch();
    this.#arm(limitMs);
  }

  touch(): void {
    this.#heardAt = this.#clock.now();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #arm(delayMs: number): void {
    this.#cancel = this.#clock.after(delayMs, () => {
      const leftMs = this.#heardAt + this.#limitMs - this.#clock.now();
      if (leftMs > 0) {
        // Never longer than the limit: the wall clock may have been set back.
        this.#arm(Math.min(leftMs, this.#limitMs));
      } else {
        this.#cancel = undefined;
        this.#onIdle(this.#limitMs);
      }
    });
  }
}
