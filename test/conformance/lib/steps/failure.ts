export interface Shown {
  readonly expected?: string | undefined;
  readonly seen?: string | undefined;
}

/** A step that does not hold: why, what was expected and what was seen. */
export class Failure extends Error {
  readonly expected: string | undefined;
  readonly seen: string | undefined;

  constructor(why: string, { expected, seen }: Shown = {}) {
    super(why);
    this.expected = expected;
    this.seen = seen;
  }
}
