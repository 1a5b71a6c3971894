import type { Raw } from './field-reader.ts';
import { isRaw } from './field-reader.ts';
import type { Problem } from './types.ts';

/** An object reduced to what is read of it, and what was wrong in it. */
export interface Projected<T> {
  /** Undefined where the object cannot be told from others: it has no name. */
  readonly object: T | undefined;
  readonly problems: readonly Problem[];
}

export interface ObjectMeta {
  /** `namespace/name`, or `name` for what is in no namespace. */
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  readonly resourceVersion: string;
  readonly metadata: Raw;
}

/**
 * The identity of an API object, or of a manifest.
 * @param isNamespaced where true, an object without a namespace is in `default`, as kubectl has it.
 * @returns undefined where there is no name.
 */
export function metaOf(raw: unknown, isNamespaced: boolean): ObjectMeta | undefined {
  const metadata = isRaw(raw) ? raw['metadata'] : undefined;
  if (!isRaw(metadata)) return undefined;
  const { name, namespace, resourceVersion } = metadata;
  if (typeof name !== 'string' || name === '') return undefined;
  const inside = !isNamespaced ? '' : typeof namespace === 'string' && namespace !== '' ? namespace : 'default';
  return {
    // Joined, as model/object-key.ts has it.
    key: inside ? [inside, name].join('/') : name,
    namespace: inside,
    name,
    resourceVersion: typeof resourceVersion === 'string' ? resourceVersion : '',
    metadata,
  };
}

/** What a projection answers for an object without a name. */
export const nameless = (kind: string): Projected<never> => ({
  object: undefined,
  problems: [{ object: kind, field: 'metadata.name', message: 'is missing' }],
});
