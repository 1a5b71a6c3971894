import type { FamilyUnit } from './diff.ts';
import type { Entry } from './schema.ts';

interface Net {
  deleted?: Entry | undefined;
  added?: Entry | undefined;
}

/**
 * Makes changes that follow each other fit for one transaction, in which all deletes go before all adds: where several of them touch one
 * element, only what comes out in the end is left.
 * @returns the units as they are where no element is touched twice, else one unit a family
 */
export function composeUnits(units: readonly FamilyUnit[]): readonly FamilyUnit[] {
  if (units.length < 2) return units;
  const net = new Map<string, Net>();
  let isTouchedTwice = false;
  const netOf = (id: string): Net => {
    const known = net.get(id);
    if (known) isTouchedTwice = true;
    const change = known ?? {};
    net.set(id, change);
    return change;
  };
  for (const { family, deletes, adds } of units) {
    const deleted = new Map<string, Entry>(deletes.map(entry => [`${family} ${entry.container} ${entry.key}`, entry]));
    for (const [id, entry] of deleted) {
      const change = netOf(id);
      if (change.added) change.added = undefined;
      else change.deleted = entry;
    }
    for (const entry of adds) {
      const id = `${family} ${entry.container} ${entry.key}`;
      const change = deleted.has(id) ? net.get(id)! : netOf(id);
      change.added = entry;
    }
  }
  return isTouchedTwice ? merged(units, net) : units;
}

function merged(units: readonly FamilyUnit[], net: ReadonlyMap<string, Net>): FamilyUnit[] {
  const families = new Set(units.map(({ family }) => family));
  const changed = [...net].filter(([, { deleted, added }]) => deleted?.value !== added?.value);
  return [...families].map(family => {
    const own = changed.filter(([id]) => id.startsWith(`${family} `)).map(([, change]) => change);
    return {
      family,
      owner: undefined,
      deletes: own.flatMap(({ deleted }) => deleted ?? []),
      adds: own.flatMap(({ added }) => added ?? []),
    };
  });
}
