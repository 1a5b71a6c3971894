import type { Entry } from './schema.ts';

/**
 * What the counters of elements were when they were last read. An element that is written anew begins at 0, so that its counter may go
 * backwards, or seem to have gone on: what was written is noted here.
 *
 * What is counted between the last reading and the moment at which an element is replaced is lost with the element.
 */
export class CountedElements {
  /** Container and key -> packets. */
  readonly #known = new Map<string, number>();
  /** Written since the last reading began. */
  #renewed = new Set<string>();

  /** Takes what the kernel had counted before this process began. */
  adopt(container: Entry['container'], counts: ReadonlyMap<string, number>): void {
    for (const [key, packets] of counts) this.#known.set(`${container} ${key}`, packets);
  }

  /** These elements were written: their counters began at 0. */
  noteWritten(entries: readonly Entry[]): void {
    if (!this.#known.size) return;
    for (const { container, key } of entries) {
      const id = `${container} ${key}`;
      if (this.#known.has(id)) this.#renewed.add(id);
    }
  }

  /**
   * To be called before the elements of a container are read.
   * @returns takes what was read then, and says what was counted since the reading before, by key
   */
  beginReading(container: Entry['container']): (counts: ReadonlyMap<string, number>) => Map<string, number> {
    const prefix = `${container} `;
    const before = new Set([...this.#renewed].filter(id => id.startsWith(prefix)));
    this.#renewed = new Set([...this.#renewed].filter(id => !before.has(id)));
    for (const id of before) this.#known.delete(id);
    return counts => this.#take(prefix, counts);
  }

  #take(prefix: string, counts: ReadonlyMap<string, number>): Map<string, number> {
    const increments = new Map<string, number>();
    for (const [key, packets] of counts) {
      const id = prefix + key;
      // Written during the reading: nobody knows which of the two elements was read. The next reading tells.
      if (this.#renewed.has(id)) continue;
      const known = this.#known.get(id) ?? 0;
      const increment = packets >= known ? packets - known : packets;
      this.#known.set(id, packets);
      if (increment) increments.set(key, increment);
    }
    for (const id of this.#known.keys()) {
      if (id.startsWith(prefix) && !counts.has(id.slice(prefix.length))) this.#known.delete(id);
    }
    return increments;
  }
}
