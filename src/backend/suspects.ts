import type { ServicePlan } from '../plan/types.ts';

/** Keys of what clients use, each with the endpoints that may go on serving them; undefined: nobody may, the key is gone. */
export type Allowances = ReadonlyMap<string, ReadonlySet<string>>;

type Owned = ReadonlyMap<string, readonly string[]>;

/**
 * Finds out, from the plans of Services, where the kernel may remember clients of endpoints that are gone: at keys that are new, that are
 * gone, or that lost an endpoint. What was found is remembered until it is cleaned up.
 */
export class Suspects {
  readonly #ownedBy: (plan: ServicePlan) => Owned;
  readonly #byOwner = new Map<string, Owned>();
  readonly #owners = new Map<string, Set<string>>();
  readonly #suspects = new Set<string>();
  readonly #sinceLooked = new Set<string>();

  /** @param ownedBy the keys of a Service, with the endpoints of each */
  constructor(ownedBy: (plan: ServicePlan) => Owned) {
    this.#ownedBy = ownedBy;
  }

  /** Notes what a Service has; undefined: it is gone. */
  record(owner: string, plan: ServicePlan | undefined): void {
    const before = this.#byOwner.get(owner);
    const now = plan && this.#ownedBy(plan);
    if (!before && !now?.size) return;
    for (const [key, endpoints] of now ?? []) {
      const was = before?.get(key);
      if (!was || was.some(one => !endpoints.includes(one)) || (!was.length && endpoints.length)) this.#suspect(key);
      const owners = this.#owners.get(key) ?? new Set();
      this.#owners.set(key, owners.add(owner));
    }
    for (const key of before?.keys() ?? []) {
      if (now?.has(key)) continue;
      this.#suspect(key);
      this.#owners.get(key)?.delete(owner);
      if (!this.#owners.get(key)?.size) this.#owners.delete(key);
    }
    if (now?.size) this.#byOwner.set(owner, now);
    else this.#byOwner.delete(owner);
  }

  #suspect(key: string): void {
    this.#suspects.add(key);
    this.#sinceLooked.add(key);
  }

  /** Keys at which something may have to be cleaned up. */
  suspects(): readonly string[] {
    this.#sinceLooked.clear();
    return [...this.#suspects];
  }

  /** Keys with those whose clients may go on, as of now. Two Services may claim one key: then the clients of both may. */
  resolve(keys: Iterable<string>): Allowances {
    return new Map([...keys].map(key => [key, this.#allowed(key)]));
  }

  #allowed(key: string): ReadonlySet<string> {
    return new Set([...(this.#owners.get(key) ?? [])].flatMap(owner => this.#byOwner.get(owner)?.get(key) ?? []));
  }

  /** All keys that are in use. */
  keys(): IterableIterator<string> {
    return this.#owners.keys();
  }

  /** These have been cleaned up; but for those that were found again since {@link suspects} was asked. */
  settle(keys: Iterable<string>): void {
    for (const key of keys) if (!this.#sinceLooked.has(key)) this.#suspects.delete(key);
  }
}
