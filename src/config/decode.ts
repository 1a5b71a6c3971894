import type { z } from 'zod';
import { ConfigurationError, quote, type FieldProblem } from './problem.ts';
import { API_VERSION, fileSchema, KIND, type Draft } from './schema.ts';
import { parseYamlText } from './yaml-text.ts';

export interface Decoded {
  readonly draft: Draft;
  /** Fields of the wrong type; the draft has their defaults, so that the rest can be judged as well. */
  readonly problems: readonly FieldProblem[];
  readonly warnings: readonly FieldProblem[];
}

/** All defaults: what an otherwise empty file means, and what flags start from. */
export const defaultDraft = (): Draft => fileSchema.parse({});

/**
 * Reads the text of a configuration file. It is taken strictly first, then leniently, as kube-proxy does: unknown and
 * duplicate fields are warnings and left out.
 * @throws ConfigurationError where the text is no KubeProxyConfiguration of a version that is known
 */
export function decodeConfiguration(text: string): Decoded {
  const { value, duplicates, hasMore } = parseYamlText(text);
  const { kind, apiVersion, ...fields } = objectOf(value);
  checkKind(kind, apiVersion);
  const warnings = duplicates.map(field => ({ field, message: 'is there more than once; the last one counts' }));
  if (hasMore) warnings.push({ field: 'YAML', message: 'only the first document of the file counts' });
  return decodeFields(fields, warnings);
}

function objectOf(value: unknown): Record<string, unknown> {
  if (value === undefined || value === null) {
    throw new ConfigurationError([{ field: 'kind', message: 'the file is empty' }]);
  }
  if (!isObject(value)) {
    throw new ConfigurationError([{ field: 'kind', message: `the file holds no ${KIND}, but ${quote(value)}` }]);
  }
  return withoutNulls(value);
}

function checkKind(kind: unknown, apiVersion: unknown): void {
  const problems: FieldProblem[] = [];
  if (kind !== KIND) problems.push({ field: 'kind', message: `is ${told(kind)}, but must be ${KIND}` });
  if (apiVersion !== API_VERSION) {
    problems.push({ field: 'apiVersion', message: `is ${told(apiVersion)}, but must be ${API_VERSION}` });
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
}

const told = (value: unknown): string => (value === undefined ? 'missing' : quote(value));

/** More than there are levels in the file. */
const MAX_PASSES = 10;

/** Leaves out what does not decode, until the rest does; what one pass finds is gone in the next. */
function decodeFields(fields: Record<string, unknown>, warnings: FieldProblem[]): Decoded {
  const problems: FieldProblem[] = [];
  for (let pass = 0; pass < MAX_PASSES; pass += 1) {
    const result = fileSchema.safeParse(fields);
    if (result.success) return { draft: result.data, problems, warnings };
    for (const issue of result.error.issues) {
      if (issue.code === 'unrecognized_keys') {
        for (const key of issue.keys) {
          warnings.push({ field: formatPath([...issue.path, key]), message: 'is unknown and left out' });
          remove(fields, [...issue.path, key]);
        }
      } else {
        problems.push({ field: formatPath(issue.path), message: reasonOf(issue) });
        remove(fields, issue.path);
      }
    }
  }
  throw new ConfigurationError(problems);
}

/** Of a value that could be a number or a text, each alternative has its complaint; the one about the text is to the point. */
function reasonOf(issue: z.core.$ZodIssue): string {
  const [first] = issue.code === 'invalid_union' ? issue.errors.flat() : [];
  return (first ?? issue).message.replace(/^Invalid input: /, '');
}

function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? String(part) : `.${String(part)}`))
    .join('');
}

/** Removes a field; of a list that has a wrong item, the whole list. */
function remove(fields: Record<string, unknown>, path: readonly PropertyKey[]): void {
  const index = path.findIndex(part => typeof part === 'number');
  const names = index === -1 || path.length > index + 1 ? path : path.slice(0, index);
  let holder: unknown = fields;
  for (const name of names.slice(0, -1)) holder = isHolder(holder) ? holder[name] : undefined;
  const last = names.at(-1);
  if (isHolder(holder) && last !== undefined) delete holder[last];
}

const isHolder = (value: unknown): value is Record<PropertyKey, unknown> => typeof value === 'object' && value !== null;

const isObject = (value: unknown): value is Record<string, unknown> => isHolder(value) && !Array.isArray(value);

/** A field that is null is a field that is not there. */
function withoutNulls(value: Record<string, unknown>): Record<string, unknown> {
  const cleaned = (item: unknown): unknown => {
    if (Array.isArray(item)) return item.map(cleaned);
    return isObject(item) ? withoutNulls(item) : item;
  };
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== null)
      .map(([key, item]) => [key, cleaned(item)]),
  );
}
