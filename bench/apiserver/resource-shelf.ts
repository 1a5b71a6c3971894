// One resource of the API server double: each object is kept as the bytes that go over the wire, so that serving a
// state of any size is copying.

/** An event of a watch, ready to be written. */
export interface LoggedEvent {
  readonly version: number;
  readonly line: Buffer;
}

/** Objects to a piece of a body: some hundred kilobytes, which is what a socket takes at once. */
const OBJECTS_PER_PIECE = 128;
const HISTORY_KEPT = 20_000;

const ADDED = Buffer.from('{"type":"ADDED","object":');
const END_OF_LINE = Buffer.from('}\n');
const COMMA = Buffer.from(',');

export class ResourceShelf {
  readonly kind: string;
  readonly apiVersion: string;
  readonly path: string;
  readonly #objects = new Map<number, Buffer>();
  readonly #history: LoggedEvent[] = [];
  readonly #listeners = new Set<(lines: Buffer) => void>();

  constructor(kind: string, apiVersion: string, path: string) {
    this.kind = kind;
    this.apiVersion = apiVersion;
    this.path = path;
  }

  get count(): number {
    return this.#objects.size;
  }

  get bytes(): number {
    let sum = 0;
    for (const object of this.#objects.values()) sum += object.length;
    return sum;
  }

  /** Puts an object there without telling anyone. */
  load(id: number, object: unknown): void {
    this.#objects.set(id, Buffer.from(JSON.stringify(object)));
  }

  /** The one object of a small resource that has this name. */
  byName(name: string): Buffer | undefined {
    if (this.#objects.size > OBJECTS_PER_PIECE) return undefined;
    return [...this.#objects.values()].find(object => object.includes(`"name":${JSON.stringify(name)}`));
  }

  clear(): void {
    this.#objects.clear();
    this.#history.length = 0;
  }

  /** Replaces an object; returns its event, which is to be announced. */
  modify(id: number, version: number, object: unknown): Buffer {
    const bytes = Buffer.from(JSON.stringify(object));
    this.#objects.set(id, bytes);
    const line = Buffer.concat([Buffer.from('{"type":"MODIFIED","object":'), bytes, END_OF_LINE]);
    this.#history.push({ version, line });
    if (this.#history.length > HISTORY_KEPT) this.#history.splice(0, HISTORY_KEPT / 2);
    return line;
  }

  /** Sends lines on every open watch. */
  announce(lines: Buffer): void {
    for (const listener of this.#listeners) listener(lines);
  }

  subscribe(listener: (lines: Buffer) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Events after a version; undefined where they are no longer all known. */
  since(version: number): readonly Buffer[] | undefined {
    const [oldest] = this.#history;
    if (oldest && this.#history.length >= HISTORY_KEPT / 2 && version < oldest.version - 1) return undefined;
    return this.#history.filter(event => event.version > version).map(event => event.line);
  }

  /** The whole state as ADDED events. */
  *addedEvents(): Generator<Buffer> {
    yield* pieces(this.#objects.values(), ADDED, END_OF_LINE);
  }

  /** The whole state as the items of a list. */
  *listItems(): Generator<Buffer> {
    let isFirst = true;
    for (const piece of pieces(this.#objects.values(), COMMA, Buffer.alloc(0))) {
      yield isFirst ? piece.subarray(COMMA.length) : piece;
      isFirst = false;
    }
  }
}

function* pieces(objects: Iterable<Buffer>, before: Buffer, after: Buffer): Generator<Buffer> {
  let parts: Buffer[] = [];
  for (const object of objects) {
    parts.push(before, object, after);
    if (parts.length === 3 * OBJECTS_PER_PIECE) {
      yield Buffer.concat(parts);
      parts = [];
    }
  }
  if (parts.length) yield Buffer.concat(parts);
}
