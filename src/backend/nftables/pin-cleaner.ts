import type { Logger } from 'pino';
import type { Nft } from '../../kernel/nft.ts';
import type { Family } from '../../model/ip.ts';
import { Cleaner } from '../cleaner.ts';
import { parseMap } from './parse.ts';
import { pinKeys, pinsOf, stalePins } from './pins.ts';
import type { DumpSets } from './read-table.ts';
import { affinityMaps, L4_PROTOCOLS, NFT_FAMILY, TABLE, type AffinityMapName, type L4Protocol } from './schema.ts';

/** Pins expire while they are looked at; a batch with one that is gone fails as a whole. */
const ATTEMPTS = 5;

export interface PinCleanerOptions {
  readonly families: readonly Family[];
  readonly nft: Nft;
  /** Tells, without nine runs of nft, where there is anything to look at. */
  readonly dump?: DumpSets;
  readonly logger: Logger;
}

/** Makes the cleaner of ClientIP affinity: clients of an endpoint that is gone, or not ready any more, are let go. */
export function createPinCleaner({ families, nft, dump, logger }: PinCleanerOptions): Cleaner {
  const clean: ConstructorParameters<typeof Cleaner>[1]['clean'] = async (family, suspects, keys, isFirst) => {
    const inQuestion = isFirst
      ? await protocolsWithPins(family, dump)
      : L4_PROTOCOLS.filter(l4 => keys.some(key => key.startsWith(`${l4} `)));
    for (const l4 of inQuestion) {
      for (let attempt = 1; ; attempt += 1) {
        const maps = new Map<AffinityMapName, ReadonlyMap<string, string>>();
        for (const { name } of affinityMaps(family, l4)) {
          const listing = await nft.listMap(NFT_FAMILY[family], TABLE, name);
          maps.set(name, listing === undefined ? new Map() : parseMap(listing));
        }
        const stale = stalePins(pinsOf([...maps.values()]), l4, suspects, keys, isFirst);
        if (!stale.length) break;
        try {
          await nft.apply([...maps].map(([name, pins]) => deletion(family, name, stale, pins)).join(''));
          logger.info(
            { family, protocol: l4, clients: stale.length },
            'clients of endpoints that are gone were let go',
          );
          break;
        } catch (error) {
          if (attempt === ATTEMPTS) throw error;
        }
      }
    }
  };
  return new Cleaner(families, { what: 'affinity to endpoints that are gone', ownedBy: pinKeys, clean }, logger);
}

/** Those that clients are pinned for; all where that is not to be had without nft. */
async function protocolsWithPins(family: Family, dump: DumpSets | undefined): Promise<readonly L4Protocol[]> {
  if (!dump) return L4_PROTOCOLS;
  const namesOf = (l4: L4Protocol): readonly AffinityMapName[] => affinityMaps(family, l4).map(({ name }) => name);
  const filled = new Set<string>();
  let map = '';
  const visitor = {
    begin: (set: string) => {
      map = set;
      filled.delete(set);
    },
    element: () => void filled.add(map),
  };
  try {
    await dump({ family: NFT_FAMILY[family], table: TABLE, sets: L4_PROTOCOLS.flatMap(namesOf) }, visitor);
  } catch {
    return L4_PROTOCOLS;
  }
  return L4_PROTOCOLS.filter(l4 => namesOf(l4).some(name => filled.has(name)));
}

/** The statement that deletes those of the stale pins that the map has; empty where it has none of them. */
function deletion(
  family: Family,
  map: AffinityMapName,
  stale: readonly string[],
  pins: ReadonlyMap<string, string>,
): string {
  const keys = stale.filter(key => pins.has(key));
  if (!keys.length) return '';
  return `delete element ${NFT_FAMILY[family]} ${TABLE} ${map} {\n  ${keys.join(',\n  ')}\n}\n`;
}
