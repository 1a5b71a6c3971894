// The objects of the fake API server: one increasing version over all resources, and a history that watches replay.

export interface ApiObject {
  readonly apiVersion?: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly resourceVersion?: string;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

export interface StoredChange {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly version: number;
  readonly object: ApiObject;
  readonly previous: ApiObject | undefined;
}

interface Table {
  readonly objects: Map<string, ApiObject>;
  history: StoredChange[];
}

export class FakeStore {
  readonly #tables = new Map<string, Table>();
  readonly #listeners = new Set<(change: StoredChange) => void>();
  #version = 100;
  #compactedTo = 0;

  get version(): number {
    return this.#version;
  }

  /** Calls back after each change; the answer ends that. */
  listen(listener: (change: StoredChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  list(kind: string): readonly ApiObject[] {
    return [...this.#table(kind).objects.values()];
  }

  /** Creates or replaces. */
  set(object: ApiObject): void {
    const table = this.#table(object.kind);
    const key = keyOf(object);
    const previous = table.objects.get(key);
    this.#version += 1;
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#version) } };
    table.objects.set(key, stored);
    this.#publish(table, { type: previous ? 'MODIFIED' : 'ADDED', version: this.#version, object: stored, previous });
  }

  delete({ kind, metadata }: Pick<ApiObject, 'kind' | 'metadata'>): void {
    const table = this.#table(kind);
    const key = keyOf({ kind, metadata });
    const previous = table.objects.get(key);
    if (!previous) throw new Error(`there is no ${kind} ${key}`);
    table.objects.delete(key);
    this.#version += 1;
    const object = { ...previous, metadata: { ...previous.metadata, resourceVersion: String(this.#version) } };
    this.#publish(table, { type: 'DELETED', version: this.#version, object, previous });
  }

  /** Forgets the history: watches from before now are answered with 410. */
  compact(): void {
    this.#version += 1;
    this.#compactedTo = this.#version;
    for (const table of this.#tables.values()) table.history = [];
  }

  /** As after a restore from a backup: the version goes back. */
  rewind(version: number): void {
    this.#version = version;
    this.#compactedTo = 0;
    for (const table of this.#tables.values()) table.history = [];
  }

  /** The changes after a version; undefined where the history does not reach back that far. */
  since(kind: string, version: number): readonly StoredChange[] | undefined {
    if (version < this.#compactedTo) return undefined;
    return this.#table(kind).history.filter(change => change.version > version);
  }

  #publish(table: Table, change: StoredChange): void {
    table.history.push(change);
    for (const listener of this.#listeners) listener(change);
  }

  #table(kind: string): Table {
    const table = this.#tables.get(kind) ?? { objects: new Map<string, ApiObject>(), history: [] };
    this.#tables.set(kind, table);
    return table;
  }
}

const keyOf = ({ metadata }: Pick<ApiObject, 'kind' | 'metadata'>): string =>
  `${metadata.namespace ?? ''}/${metadata.name}`;

/** The selectors that sluice uses: `label`, `!label`, `path=value`, `path!=value`, joined by commas. */
export function matcherOf(labelSelector: string | null, fieldSelector: string | null): (object: ApiObject) => boolean {
  const labels = clauses(labelSelector).map(clause => {
    if (/[=()]/.test(clause)) throw new Error(`the fake API server does not know the label selector ${clause}`);
    return { label: clause.replace(/^!/, ''), isPresent: !clause.startsWith('!') };
  });
  const fields = clauses(fieldSelector).map(clause => {
    const [, path = '', operator = '', value = ''] = /^([\w.]+)(!?=)(.*)$/.exec(clause) ?? [];
    return { path: path.split('.'), isEqual: operator === '=', value };
  });
  return object =>
    labels.every(({ label, isPresent }) => label in (object.metadata.labels ?? {}) === isPresent) &&
    fields.every(({ path, isEqual, value }) => (read(object, path) === value) === isEqual);
}

const clauses = (selector: string | null): readonly string[] =>
  (selector ?? '').split(',').filter(clause => clause !== '');

function read(object: unknown, path: readonly string[]): unknown {
  let at = object;
  for (const field of path) at = typeof at === 'object' && at !== null ? Reflect.get(at, field) : undefined;
  return at ?? '';
}
