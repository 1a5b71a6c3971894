import type { Problem } from '../kube/types.ts';
import type { Surroundings } from './surroundings.ts';

/** Tells the operator what is wrong in objects, a line each. */
export function tellProblems(problems: readonly Problem[], { stderr }: Pick<Surroundings, 'stderr'>): void {
  for (const { object, field, message } of problems)
    stderr.write(`${object}: ${field ? `${field}: ` : ''}${message}\n`);
}
