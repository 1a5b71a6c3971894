import type { NodeOwner } from '../backend.ts';
import type { Difference, DifferingKind } from '../difference.ts';
import { NODE_OWNER, type FamilyUnit } from './diff.ts';
import { containersOf, isCompanionTable, type Entry } from './schema.ts';

/**
 * Elements that are not in the kernel as they are desired.
 * @param units what a comparison found
 * @returns those of Services by name, then the node's own, then those of nobody; each by family, set or map, and key
 */
export function elementDifferences(units: readonly FamilyUnit[]): Difference[] {
  const owners = new Map<string, FamilyUnit[]>();
  for (const unit of units) {
    const rank = rankOf(unit.owner);
    const own = owners.get(rank);
    if (own) own.push(unit);
    else owners.set(rank, [unit]);
  }
  return [...owners.keys()].toSorted(byText).flatMap(rank =>
    owners
      .get(rank)!
      .toSorted((a, b) => byText(a.family, b.family))
      .flatMap(differencesOf),
  );
}

/** Services before the node, and what is nobody's last. */
const rankOf = (owner: string | undefined): string =>
  owner === undefined ? '3' : owner === (NODE_OWNER satisfies NodeOwner) ? '2' : `1 ${owner}`;

function differencesOf({ family, owner, deletes, adds }: FamilyUnit): Difference[] {
  const found = new Map<string, { readonly entry: Entry; kernel?: string; desired?: string }>();
  for (const [side, entries] of [
    ['kernel', deletes],
    ['desired', adds],
  ] as const) {
    for (const entry of entries) {
      const id = `${entry.container} ${entry.key}`;
      const known = found.get(id) ?? { entry };
      known[side] = entry.value;
      found.set(id, known);
    }
  }
  return [...found.values()]
    .toSorted((a, b) => byEntry(a.entry, b.entry))
    .map(({ entry: { container, key }, kernel, desired }) => ({
      family,
      ...placeOf(container),
      name: key,
      owner,
      kernel,
      desired,
    }));
}

const placeOf = (container: Entry['container']): { kind: DifferingKind; in: string } => {
  if (!isCompanionTable(container)) return { kind: 'element', in: container };
  return { kind: container === 'virtual-servers' ? 'virtual-server' : 'real-server', in: '' };
};

/** What is none of nft's comes last. */
const ORDER: ReadonlyMap<Entry['container'], number> = new Map(
  [...containersOf('ipv4').map(({ name }) => name), 'virtual-servers' as const, 'real-servers' as const].map(
    (name, i) => [name, i],
  ),
);

/** As people count: `2 . …` before `10 . …`. */
const collator = new Intl.Collator('en', { numeric: true });

const byEntry = (a: Entry, b: Entry): number =>
  (ORDER.get(a.container) ?? 0) - (ORDER.get(b.container) ?? 0) ||
  collator.compare(a.key, b.key) ||
  byText(a.key, b.key);

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
