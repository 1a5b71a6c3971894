import { isRaw } from './field-reader.ts';
import { StreamFormatError } from './stream-format-error.ts';

export interface ListMetadata {
  readonly resourceVersion: string;
  /** Token of the next page; empty on the last one. */
  readonly continueToken: string;
}

const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Depth of the members of the list object, and of the elements of its `items`. */
const MEMBERS = 1;
const ELEMENTS = 2;

/**
 * Splits the body of a Kubernetes list into its items while it arrives, so that neither the text nor the parsed form of
 * the whole list is ever in memory. It follows only strings and brackets; each item (and `metadata`) is then parsed by
 * JSON.parse. Time is linear in the bytes, wherever chunks are cut.
 */
export class ListParser {
  readonly #onItem: (item: unknown) => void;
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  #isDone = false;
  /** Key of the member of the list object that is being read; undefined while a key is awaited. */
  #member: string | undefined;
  #hasItems = false;
  #metadata: unknown;
  /** Where in the current chunk the value (or key) being captured begins; -1: none is. */
  #start = -1;
  /** What was captured of it in earlier chunks. */
  #carried: Uint8Array[] = [];

  constructor(onItem: (item: unknown) => void) {
    this.#onItem = onItem;
  }

  /** @throws StreamFormatError where the bytes are no list */
  push(chunk: Uint8Array): void {
    if (this.#start >= 0) this.#start = 0;
    const { length } = chunk;
    for (let at = 0; at < length; at += 1) {
      if (this.#isInString) at = this.#skipString(chunk, at);
      else if (this.#depth > ELEMENTS) at = this.#skipNested(chunk, at);
      else if (chunk[at]! > SPACE) this.#structural(chunk[at]!, at, chunk);
    }
    if (this.#start >= 0) this.#carried.push(chunk.subarray(this.#start));
  }

  /** @throws StreamFormatError where the list was cut off or lacks what every list has */
  end(): ListMetadata {
    const nothing = new Uint8Array(0);
    if (!this.#isDone) throw new StreamFormatError('list ends early', Buffer.concat(this.#carried));
    const metadata = isRaw(this.#metadata) ? this.#metadata : {};
    const { resourceVersion, continue: token } = metadata as { resourceVersion?: unknown; continue?: unknown };
    // Without these it is no Kubernetes list, and taking it for an empty one would delete every Service.
    if (!this.#hasItems || typeof resourceVersion !== 'string' || resourceVersion === '') {
      throw new StreamFormatError('list without items or metadata.resourceVersion', nothing);
    }
    return { resourceVersion, continueToken: typeof token === 'string' ? token : '' };
  }

  /** Goes to the closing quote, or to the end of the chunk; answers the last byte it looked at. */
  #skipString(chunk: Uint8Array, from: number): number {
    const { length } = chunk;
    let at = from;
    if (this.#isEscaped) {
      this.#isEscaped = false;
      at += 1;
    }
    for (; at < length; at += 1) {
      const byte = chunk[at]!;
      if (byte === QUOTE) {
        this.#isInString = false;
        return at;
      }
      if (byte === BACKSLASH) at += 1;
    }
    this.#isEscaped = at > length;
    return at;
  }

  /** Within an item only strings and brackets matter. Answers the last byte it looked at. */
  #skipNested(chunk: Uint8Array, from: number): number {
    const { length } = chunk;
    let depth = this.#depth;
    let at = from;
    for (; at < length; at += 1) {
      const byte = chunk[at]!;
      if (byte === QUOTE) {
        this.#isInString = true;
        at = this.#skipString(chunk, at + 1);
      } else if (byte === OPEN_OBJECT || byte === OPEN_LIST) depth += 1;
      else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
        depth -= 1;
        if (depth === ELEMENTS) break;
      }
    }
    this.#depth = depth;
    return at;
  }

  #structural(byte: number, at: number, chunk: Uint8Array): void {
    if (this.#depth === 0) {
      if (this.#isDone || byte !== OPEN_OBJECT) throw new StreamFormatError('not a list', chunk.subarray(at));
      this.#depth = MEMBERS;
      return;
    }
    const endsValue = byte === COMMA || byte === CLOSE_OBJECT || byte === CLOSE_LIST;
    if (endsValue && this.#start >= 0 && this.#depth === this.#captureDepth()) this.#captured(chunk, at);
    switch (byte) {
      case QUOTE:
        this.#isInString = true;
        break;
      case OPEN_OBJECT:
      case OPEN_LIST:
        this.#beginNested(byte, at);
        return;
      case CLOSE_OBJECT:
      case CLOSE_LIST:
        this.#depth -= 1;
        if (this.#depth === 0) this.#isDone = true;
        return;
      case COMMA:
        if (this.#depth === MEMBERS) this.#member = undefined;
        return;
      case COLON:
        if (this.#depth === MEMBERS && this.#member === undefined) this.#captured(chunk, at);
        return;
      default:
        break;
    }
    this.#beginValue(at);
  }

  #beginNested(byte: number, at: number): void {
    const isItems = this.#depth === MEMBERS && this.#member === 'items' && byte === OPEN_LIST;
    if (isItems) this.#hasItems = true;
    else this.#beginValue(at);
    this.#depth += 1;
  }

  #beginValue(at: number): void {
    if (this.#start < 0 && this.#depth === this.#captureDepth()) this.#start = at;
  }

  /** Items are captured one by one; of the list object itself its keys, and the value of each. */
  #captureDepth(): number {
    return this.#member === 'items' && this.#hasItems ? ELEMENTS : MEMBERS;
  }

  #captured(chunk: Uint8Array, end: number): void {
    if (this.#start < 0) throw new StreamFormatError('not a list', chunk.subarray(end));
    const here = chunk.subarray(this.#start, end);
    const bytes = this.#carried.length === 0 ? here : Buffer.concat([...this.#carried, here]);
    this.#start = -1;
    this.#carried = [];
    const value = parse(bytes);
    if (this.#depth === ELEMENTS) this.#onItem(value);
    else if (this.#member === undefined) {
      if (typeof value !== 'string') throw new StreamFormatError('not a list', bytes);
      this.#member = value;
    } else if (this.#member === 'metadata') this.#metadata = value;
    // Go prints an empty list that was never allocated as null.
    else if (this.#member === 'items' && value === null) this.#hasItems = true;
  }
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  } catch (error) {
    throw new StreamFormatError('list is not JSON', bytes, error);
  }
}
