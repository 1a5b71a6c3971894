import type { Refusal } from '../backend/backend.ts';
import type { Family } from '../model/ip.ts';

export interface Quarantined {
  /** `ns/name` */
  readonly owner: string;
  readonly family: Family;
  /** How often in a row the kernel refused it. */
  readonly attempts: number;
  /** The latest refusal. */
  readonly error: Error;
  /** When it is tried again, of `performance.now()`. */
  readonly dueAt: number;
}

const FIRST_RETRY_MS = 1000;

/** The Services that the kernel would not take, and when each is tried again. */
export class Quarantine {
  readonly #entries = new Map<string, Quarantined>();
  /** Longest delay between two attempts. */
  maxRetryMs: number;

  constructor(maxRetryMs: number) {
    this.maxRetryMs = maxRetryMs;
  }

  get size(): number {
    return this.#entries.size;
  }

  entries(): readonly Quarantined[] {
    return [...this.#entries.values()];
  }

  /** @returns how often in a row this Service was refused, this time included */
  add({ owner, family, error }: Refusal, now: number): number {
    const id = `${family} ${owner}`;
    const attempts = (this.#entries.get(id)?.attempts ?? 0) + 1;
    const delay = Math.min(this.maxRetryMs, FIRST_RETRY_MS * 2 ** (attempts - 1));
    this.#entries.set(id, { owner, family, attempts, error, dueAt: now + delay });
    return attempts;
  }

  /** The Service was taken, in all families but these. */
  release(owner: string, except: readonly Family[] = []): void {
    for (const [id, entry] of this.#entries) {
      if (entry.owner === owner && !except.includes(entry.family)) this.#entries.delete(id);
    }
  }

  /** The owners whose time has come. They stay in until they are released. */
  takeDue(now: number): string[] {
    return this.entries()
      .filter(({ dueAt }) => dueAt <= now)
      .map(({ owner }) => owner);
  }

  nextDue(): number | undefined {
    return this.#entries.size ? Math.min(...this.entries().map(({ dueAt }) => dueAt)) : undefined;
  }
}
