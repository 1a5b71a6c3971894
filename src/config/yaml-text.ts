import { isMap, isScalar, isSeq, parseAllDocuments, type ScalarTag } from 'yaml';
import { ConfigurationError } from './problem.ts';

export interface YamlText {
  readonly value: unknown;
  /** Full paths of keys that are there more than once; the last one counts. */
  readonly duplicates: readonly string[];
  /** There are more documents than the first, which is the only one that counts. */
  readonly hasMore: boolean;
}

/** The words of YAML 1.1 that Go's YAML library still takes for booleans, and that people use. */
const wordBoolean: ScalarTag = {
  tag: 'tag:yaml.org,2002:bool',
  default: true,
  test: /^(?:[yYnN]|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF)$/,
  resolve: word => /^(?:y|yes|on)$/i.test(word),
};

/**
 * Parses YAML (so also JSON), as Kubernetes' components do: the first document counts, of duplicate keys the last.
 * @returns value undefined where there is nothing at all
 * @throws ConfigurationError naming the place where the text is not YAML
 */
export function parseYamlText(text: string): YamlText {
  const documents = parseAllDocuments(text, {
    uniqueKeys: false,
    merge: true,
    // Else it writes warnings of its own to the standard error.
    logLevel: 'error',
    customTags: tags => [wordBoolean, ...tags],
  });
  // An empty text is an empty list, which is not an array of documents.
  const [first, second] = [...documents];
  if (first === undefined) return { value: undefined, duplicates: [], hasMore: false };
  const [error] = first.errors;
  if (error) {
    const [line = error.message] = error.message.split('\n', 1);
    throw new ConfigurationError([{ field: 'YAML', message: line.replace(/:$/, '') }], { cause: error });
  }
  const duplicates: string[] = [];
  collectDuplicates(first.contents, '', duplicates);
  return { value: toPlain(first), duplicates, hasMore: second !== undefined };
}

/** @throws ConfigurationError where aliases explode, or point to nothing */
function toPlain(document: { toJS(): unknown }): unknown {
  try {
    return document.toJS();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError([{ field: 'YAML', message }], { cause: error });
  }
}

function collectDuplicates(node: unknown, path: string, found: string[]): void {
  if (isSeq(node)) for (const [i, item] of node.items.entries()) collectDuplicates(item, `${path}[${i}]`, found);
  if (!isMap(node)) return;
  const seen = new Set<string>();
  for (const { key, value } of node.items) {
    const name = isScalar(key) ? String(key.value) : String(key);
    const full = path === '' ? name : `${path}.${name}`;
    if (seen.has(full)) found.push(full);
    seen.add(full);
    collectDuplicates(value, full, found);
  }
}
