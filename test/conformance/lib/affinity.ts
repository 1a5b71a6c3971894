// Judging session affinity: which source has which backend.

import type { Sighting } from './sighting.ts';

/** Source to backend. */
export type Mapping = Readonly<Record<string, string>>;

export interface AffinityExpectation {
  /** An earlier mapping, from which no source may have moved. */
  readonly same?: Mapping | undefined;
  /** An earlier mapping, from which some source must have moved. */
  readonly changed?: Mapping | undefined;
  readonly distinct?: number | undefined;
  readonly backends?: readonly string[] | undefined;
}

/** Reduces attempts by source to a mapping; says why where a source saw several backends, or none. */
export function affinityOf(bySource: ReadonlyMap<string, readonly Sighting[]>): Mapping | string {
  const mapping: Record<string, string> = {};
  for (const [source, seen] of bySource) {
    const hosts = new Set<string>();
    for (const one of seen) {
      if (one.error !== undefined) return `${source}: ${one.error}`;
      hosts.add(one.who);
    }
    const [host = 'nobody', ...others] = hosts;
    if (others.length) return `${source} was sent to ${[...hosts].join(' and ')}`;
    mapping[source] = host;
  }
  return mapping;
}

/** Says why a mapping is not as expected; undefined when it is. */
export function judgeAffinity(mapping: Mapping, expect: AffinityExpectation): string | undefined {
  const { same, changed, distinct, backends } = expect;
  const moved = (before: Mapping) => Object.keys(mapping).filter(source => mapping[source] !== before[source]);
  if (backends) {
    const stray = Object.entries(mapping).find(([, who]) => !backends.includes(who));
    if (stray) return `${stray[0]} was sent to ${stray[1]}`;
  }
  if (same && moved(same).length) return `these sources moved to another backend: ${moved(same).join(', ')}`;
  if (changed && !moved(changed).length) return 'no source was sent to another backend than before';
  if (distinct && new Set(Object.values(mapping)).size < distinct) return `fewer than ${distinct} backends were used`;
  return undefined;
}
