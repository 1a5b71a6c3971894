import type { Problem } from '../kube/types.ts';
import { objectKey } from './object-key.ts';

/** Notes what is wrong with one field of an object. */
export type Report = (field: string, message: string) => void;

/** Collects the problems of one object, in the order in which they are reported. */
export function problemsOf(
  kind: 'Service' | 'EndpointSlice',
  object: { readonly namespace: string; readonly name: string },
): { readonly problems: Problem[]; readonly report: Report } {
  const problems: Problem[] = [];
  const report: Report = (field, message) => {
    problems.push({ object: `${kind} ${objectKey(object)}`, field, message });
  };
  return { problems, report };
}
