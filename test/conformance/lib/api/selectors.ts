// Label and field selectors, as the `labelSelector` and `fieldSelector` query parameters of the Kubernetes API spell
// them.

import { isObject } from './merge-patch.ts';

export class SelectorError extends Error {}

type Labels = Readonly<Record<string, string>>;
type LabelTest = (labels: Labels) => boolean;
export type Predicate = (object: object) => boolean;

const SET_BASED = /^(\S+)\s+(in|notin)\s*\(([^)]*)\)$/;
const EQUALITY = /^([^!=\s]+)\s*(==|!=|=)\s*([^!=\s]*)$/;
const ABSENT = /^!\s*([^!=\s]+)$/;
const FIELD = /^([\w.]+)\s*(==|!=|=)\s*(.*)$/;

/** Splits on commas that are not inside parentheses. */
function clauses(text: string): string[] {
  return text
    .split(/,(?![^(]*\))/)
    .map(clause => clause.trim())
    .filter(Boolean);
}

function labelClause(clause: string): LabelTest {
  const [, setKey, setOperator, list] = SET_BASED.exec(clause) ?? [];
  if (setKey !== undefined && list !== undefined) {
    const values = new Set(list.split(',').map(value => value.trim()));
    const isIn: LabelTest = labels => setKey in labels && values.has(labels[setKey] ?? '');
    return setOperator === 'in' ? isIn : labels => !isIn(labels);
  }
  const [, key, operator, value] = EQUALITY.exec(clause) ?? [];
  if (key !== undefined) return labels => (labels[key] === value) === (operator !== '!=');
  const [, absent] = ABSENT.exec(clause) ?? [];
  if (absent !== undefined) return labels => !(absent in labels);
  if (/^[^!=\s]+$/.test(clause)) return labels => clause in labels;
  throw new SelectorError(`unable to parse requirement: ${clause}`);
}

/** Compiles a label selector to a predicate over objects; throws a SelectorError for one that cannot be parsed. */
export function labelSelector(text: string | null): Predicate {
  const tests = clauses(text ?? '').map(labelClause);
  return (object: { metadata?: { labels?: Labels } }) => {
    const labels = object.metadata?.labels ?? {};
    return tests.every(test => test(labels));
  };
}

const read = (object: object, path: string): unknown =>
  path.split('.').reduce<unknown>((at, key) => (isObject(at) ? at[key] : undefined), object);

const printed = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';

/** Compiles a field selector to a predicate over objects; throws a SelectorError for one that cannot be parsed. */
export function fieldSelector(text: string | null): Predicate {
  const tests = clauses(text ?? '').map((clause): Predicate => {
    const [, path, operator, value] = FIELD.exec(clause) ?? [];
    if (path === undefined) throw new SelectorError(`invalid field selector: ${clause}`);
    return object => (printed(read(object, path)) === value) === (operator !== '!=');
  });
  return object => tests.every(test => test(object));
}

/** Both selectors of a request as one predicate. */
export function selectorOf(query: URLSearchParams): Predicate {
  const byLabel = labelSelector(query.get('labelSelector'));
  const byField = fieldSelector(query.get('fieldSelector'));
  return object => byLabel(object) && byField(object);
}
