/** One thing that has to be right for the node to be ready. */
export interface ReadinessCheck {
  /** As `/readyz` calls it: lower case, words joined by hyphens, `services-synced`. */
  readonly name: string;
  /** Asked at each request, so that it must be quick; it must not throw. @returns why it is not right, or undefined */
  readonly problem: () => string | undefined;
}

export interface ReadinessResult {
  readonly name: string;
  /** Why it is not right; undefined where it is. */
  readonly problem: string | undefined;
}

/**
 * What has to be right before this node is ready, by name: all parts of the program add theirs. Anyone may ask `/readyz`: a problem must
 * tell nothing that is not for all eyes.
 */
export class Readiness {
  readonly #checks = new Map<string, ReadinessCheck>();

  /** @throws Error where there is a check of this name */
  add(check: ReadinessCheck): void {
    if (this.#checks.has(check.name)) throw new Error(`there is a readiness check ${check.name} already`);
    this.#checks.set(check.name, check);
  }

  /** What all checks say now, in the order in which they were added. */
  results(): ReadinessResult[] {
    return [...this.#checks.values()].map(({ name, problem }) => ({ name, problem: problem() }));
  }
}
