export type Labels = Readonly<Record<string, string>>;

export interface Total {
  readonly labels: Labels;
  readonly value: number;
}

/** Counters by label, at most so many of them: in a cluster of thousands of Services each node would have as many series. */
export class BoundedTotals {
  readonly #limit: number;
  readonly #overflowOf: (labels: Labels) => Labels;
  readonly #totals = new Map<string, { readonly labels: Labels; value: number }>();
  readonly #overflow = new Map<string, { readonly labels: Labels; value: number }>();

  /**
   * @param limit of series; who comes first has one, until it is pruned
   * @param overflowOf the labels under which all that have none are added up
   */
  constructor(limit: number, overflowOf: (labels: Labels) => Labels) {
    this.#limit = limit;
    this.#overflowOf = overflowOf;
  }

  /** @param labels always with the same keys in the same order */
  add(labels: Labels, amount: number): void {
    const isKnown = this.#totals.has(idOf(labels)) || this.#totals.size < this.#limit;
    if (isKnown) addTo(this.#totals, labels, amount);
    else addTo(this.#overflow, this.#overflowOf(labels), amount);
  }

  /** Drops the series of what is gone. What was added up without one stays: a counter never goes backwards. */
  prune(isGone: (labels: Labels) => boolean): void {
    for (const [id, { labels }] of this.#totals) if (isGone(labels)) this.#totals.delete(id);
  }

  all(): Total[] {
    return [...this.#totals.values(), ...this.#overflow.values()];
  }
}

function addTo(totals: Map<string, { labels: Labels; value: number }>, labels: Labels, amount: number): void {
  const id = idOf(labels);
  const total = totals.get(id) ?? { labels, value: 0 };
  total.value += amount;
  totals.set(id, total);
}

const idOf = (labels: Labels): string => Object.values(labels).join('\n');
