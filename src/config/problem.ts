/** Something about one setting. As an error it keeps sluice from starting; as a warning it is logged once. */
export interface FieldProblem {
  /** Where an operator would change it: `nftables.syncPeriod`, `nodePortAddresses[1]`, `--oom-score-adj`. */
  readonly field: string;
  readonly message: string;
}

/** Takes what a validation finds. */
export type Report = (field: string, message: string) => void;

export const formatProblem = ({ field, message }: FieldProblem): string => `${field}: ${message}`;

/** The configuration cannot be used. All that is wrong with it is in `problems`, not just the first thing. */
export class ConfigurationError extends Error {
  readonly problems: readonly FieldProblem[];

  constructor(problems: readonly FieldProblem[], options?: ErrorOptions) {
    const [first] = problems;
    const text =
      first && problems.length === 1
        ? ` ${formatProblem(first)}`
        : problems.map(problem => `\n  ${formatProblem(problem)}`).join('');
    super(`invalid configuration:${text}`, options);
    this.name = 'ConfigurationError';
    this.problems = problems;
  }
}

/** A value as it is quoted in a message. */
export const quote = (value: unknown): string => JSON.stringify(value) ?? String(value);
