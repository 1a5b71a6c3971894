import type { Raw } from './field-reader.ts';
import { isRaw } from './field-reader.ts';
import { StreamFormatError } from './stream-format-error.ts';

export interface WatchEvent {
  /** ADDED, MODIFIED, DELETED, BOOKMARK or ERROR; a later Kubernetes may send others. */
  readonly type: string;
  readonly object: Raw;
}

const NEWLINE = 0x0a;

/** Splits the body of a watch into its events: one JSON document a line. */
export class WatchParser {
  #carried: Uint8Array[] = [];
  #failure: StreamFormatError | undefined;

  /**
   * What went wrong, if something did; the events before it were returned by `push`, and nothing after it counts. It is
   * no exception so that those events are not lost.
   */
  get failure(): StreamFormatError | undefined {
    return this.#failure;
  }

  /** The events that this chunk completes, in order. */
  push(chunk: Uint8Array): readonly WatchEvent[] {
    const events: WatchEvent[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0 && !this.#failure; end = chunk.indexOf(NEWLINE, start)) {
      const event = this.#line(chunk.subarray(start, end));
      if (event) events.push(event);
      start = end + 1;
    }
    if (start < chunk.length) this.#carried.push(chunk.subarray(start));
    return events;
  }

  /** To be called when the stream has ended without an error. */
  end(): void {
    if (this.#carried.length > 0) this.#line(new Uint8Array(0));
    this.#failure &&= new StreamFormatError('watch ends within an event', Buffer.from(this.#failure.excerpt));
  }

  #line(rest: Uint8Array): WatchEvent | undefined {
    const line = this.#carried.length === 0 ? rest : Buffer.concat([...this.#carried, rest]);
    this.#carried = [];
    const text = Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString('utf8');
    if (text.trim() === '') return undefined;
    try {
      const event: unknown = JSON.parse(text);
      if (isRaw(event) && typeof event['type'] === 'string' && isRaw(event['object'])) {
        return { type: event['type'], object: event['object'] };
      }
      this.#failure = new StreamFormatError('line of a watch is no event', line);
    } catch (error) {
      this.#failure = new StreamFormatError('line of a watch is not JSON', line, error);
    }
    return undefined;
  }
}
