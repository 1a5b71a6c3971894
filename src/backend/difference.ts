import type { Family } from '../model/ip.ts';

/** What of the kernel can differ from what is desired. */
export type DifferingKind =
  'table' | 'set' | 'map' | 'chain' | 'rule' | 'element' | 'virtual-server' | 'real-server' | 'route';

/** One thing that is not in the kernel as it is desired. */
export interface Difference {
  /** That of ARP has a table in mode ipvs. */
  readonly family: Family | 'arp';
  readonly kind: DifferingKind;
  /** The chain of a rule, the set or map of an element; empty for all else. */
  readonly in: string;
  /** Of a rule, that has none: empty. Of an element: its key. */
  readonly name: string;
  /** `ns/name`, or {@link NodeOwner}; undefined: nobody's. */
  readonly owner: string | undefined;
  /** What the kernel has of it, in nft's syntax without what is told above; undefined: it is not there. */
  readonly kernel: string | undefined;
  /** What it should be; undefined: it should not be there. */
  readonly desired: string | undefined;
}

/**
 * Differences that two readings of the kernel, one after the other, both have: what was only under way is in one of them.
 * @returns those, in the order of the second
 */
export function lastingDifferences(before: readonly Difference[], now: readonly Difference[]): Difference[] {
  const seen = new Set(before.map(idOf));
  return now.filter(difference => seen.has(idOf(difference)));
}

const idOf = ({ family, kind, in: container, name, owner, kernel, desired }: Difference): string =>
  JSON.stringify([family, kind, container, name, owner, kernel, desired]);
