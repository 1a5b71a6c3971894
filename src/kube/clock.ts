// Time as the API edge sees it: injected, so that tests of back-off and silence need not wait.

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back once after so many milliseconds; the answer cancels it. */
  after(delayMs: number, callback: () => void): () => void;
}

/** The machine's own clock. Its timers keep the process alive: while the API server is away they may be all there is. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => {
      clearTimeout(timer);
    };
  },
};

/** Resolves after `delayMs`, or as soon as the signal aborts; never rejects. */
export function sleep(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise(resolve => {
    const finish = (): void => {
      cancel();
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const cancel = clock.after(delayMs, finish);
    signal.addEventListener('abort', finish, { once: true });
  });
}

/**
 * Settles as the promise does, or rejects with `error()` after `limitMs`; what the promise does later is ignored.
 */
export function within<T>(clock: Clock, limitMs: number, promise: Promise<T>, error: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(limitMs, () => {
      reject(error());
    });
    promise.then(resolve, reject).finally(cancel);
  });
}
