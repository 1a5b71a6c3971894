import type { Family } from '../model/ip.ts';

interface Triggered {
  readonly family: Family;
  readonly triggerTimeMs: number;
}

/**
 * From the time at which something changed in the cluster (annotation `endpoints.kubernetes.io/last-change-trigger-time`) until the
 * kernel has it: kube-proxy's network_programming_duration. Of what happened before this process started nothing is known.
 */
export class ProgrammingLatency {
  readonly #startMs: number;
  readonly #waiting = new Map<string, Triggered[]>();
  #programming: Triggered[] = [];

  /** @param startMs of this process, in milliseconds since 1970 */
  constructor(startMs: number) {
    this.#startMs = startMs;
  }

  /** Whether something that happened at this time is measured. */
  counts(triggerTimeMs: number): boolean {
    return triggerTimeMs > this.#startMs;
  }

  /** Notes an event of a slice of this Service. */
  note(owner: string, family: Family, triggerTimeMs: number): void {
    if (!this.counts(triggerTimeMs)) return;
    const waiting = this.#waiting.get(owner) ?? [];
    waiting.push({ family, triggerTimeMs });
    this.#waiting.set(owner, waiting);
  }

  /** A slice of the Service is gone, and with it what was told of its family. */
  forget(owner: string, family: Family): void {
    const others = this.#waiting.get(owner)?.filter(one => one.family !== family) ?? [];
    if (others.length) this.#waiting.set(owner, others);
    else this.#waiting.delete(owner);
  }

  /** All that was noted so far is about to be programmed. */
  begin(): void {
    for (const triggered of this.#waiting.values()) this.#programming.push(...triggered);
    this.#waiting.clear();
  }

  /** It is programmed. @returns how long each took, in seconds; what failed waits for the next time. */
  succeed(nowMs: number): { readonly family: Family; readonly seconds: number }[] {
    const done = this.#programming.map(({ family, triggerTimeMs }) => ({
      family,
      seconds: (nowMs - triggerTimeMs) / 1000,
    }));
    this.#programming = [];
    return done;
  }
}
