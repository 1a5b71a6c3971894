import { claimOf, type Compared } from './diff.ts';
import type { Ledger } from './ledger.ts';
import type { ContainerName, ElementDelta, Entry } from './schema.ts';
import type { LeftKeys } from './touched-parts.ts';

/** What must be written so that these keys of a container have what is in force, whatever they were left with. */
export function diffKeys(
  ledger: Pick<Ledger, 'holds' | 'claimInForce'>,
  container: ContainerName,
  left: LeftKeys,
): ElementDelta & { readonly same: readonly Entry[] } {
  const [deletes, adds, same]: [Entry[], Entry[], Entry[]] = [[], [], []];
  for (const [key, value] of left) {
    const wanted = inForceAt(ledger, container, key);
    if (wanted && wanted.value === value) {
      same.push(wanted);
      continue;
    }
    if (value !== undefined) deletes.push({ container, key, value });
    if (wanted) adds.push(wanted);
  }
  return { deletes, adds, same };
}

/** The entry that is in force at a key. */
export function inForceAt(
  ledger: Pick<Ledger, 'holds' | 'claimInForce'>,
  container: ContainerName,
  key: string,
): Entry | undefined {
  const shared: Entry = { container, key, value: '' };
  if (ledger.holds(shared)) return shared;
  const claim = ledger.claimInForce(claimOf(container, key))?.claim;
  return claim?.entries.find(entry => entry.container === container && entry.key === key);
}

/** A ledger as if nothing were in force but what is in these containers. */
export function onlyIn(ledger: Compared, containers: ReadonlySet<Entry['container']>): Compared {
  const isIn = (sharedKey: string): boolean =>
    containers.has(sharedKey.slice(0, sharedKey.indexOf(' ')) as Entry['container']);
  return {
    owners: () => ledger.owners(),
    winnerOf: claim => ledger.winnerOf(claim),
    inForce: owner => {
      const { claims, shared } = ledger.inForce(owner);
      return {
        claims: claims.map(({ entries }) => ({
          entries: entries.filter(({ container }) => containers.has(container)),
        })),
        shared: shared.filter(isIn),
      };
    },
  };
}
