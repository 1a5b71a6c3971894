export type Change<T> =
  | { readonly type: 'set'; readonly key: string; readonly object: T }
  | { readonly type: 'delete'; readonly key: string };

interface Staged<T> {
  readonly version: string;
  readonly object: T;
}

/**
 * What the sink was told of: only keys and resourceVersions, since the objects are the sink's. A new full state is staged
 * beside it and becomes the known one in a single step, as the list of what differs.
 */
export class KnownObjects<T> {
  #versions = new Map<string, string>();
  #staged: Map<string, Staged<T>> | undefined;

  get size(): number {
    return this.#versions.size;
  }

  get isStaging(): boolean {
    return this.#staged !== undefined;
  }

  /** Begins a new full state, and drops one that was begun. */
  stage(): void {
    this.#staged = new Map();
  }

  discard(): void {
    this.#staged = undefined;
  }

  /** Takes an object into the state being staged, or into the known one. The answer is what the sink must be told now. */
  set(key: string, version: string, object: T): Change<T> | undefined {
    if (this.#staged) {
      this.#staged.set(key, { version, object });
      return undefined;
    }
    this.#versions.set(key, version);
    return { type: 'set', key, object };
  }

  delete(key: string): Change<T> | undefined {
    if (this.#staged) {
      this.#staged.delete(key);
      return undefined;
    }
    return this.#versions.delete(key) ? { type: 'delete', key } : undefined;
  }

  /** Makes the staged state the known one. Deletes come first: a VIP may have moved from one Service to another. */
  commit(): readonly Change<T>[] {
    const staged = this.#staged ?? new Map<string, Staged<T>>();
    this.#staged = undefined;
    const changes: Change<T>[] = [];
    for (const key of this.#versions.keys()) if (!staged.has(key)) changes.push({ type: 'delete', key });
    const versions = new Map<string, string>();
    for (const [key, { version, object }] of staged) {
      versions.set(key, version);
      if (version === '' || this.#versions.get(key) !== version) changes.push({ type: 'set', key, object });
    }
    this.#versions = versions;
    return changes;
  }
}
