import type { Logger } from 'pino';
import type { Nft } from '../../kernel/nft.ts';
import type { Family } from '../../model/ip.ts';
import { Cleaner } from '../cleaner.ts';
import { parseMap } from './parse.ts';
import { pinKeys, pinsOf, stalePins } from './pins.ts';
import { affinityMaps, L4_PROTOCOLS, NFT_FAMILY, TABLE, type AffinityMapName } from './schema.ts';

/** Pins expire while they are looked at; a batch with one that is gone fails as a whole. */
const ATTEMPTS = 5;

/** Makes the cleaner of ClientIP affinity: clients of an endpoint that is gone, or not ready any more, are let go. */
export function createPinCleaner(families: readonly Family[], nft: Nft, logger: Logger): Cleaner {
  const clean: ConstructorParameters<typeof Cleaner>[1]['clean'] = async (family, suspects, keys, isFirst) => {
    for (const l4 of L4_PROTOCOLS) {
      if (!isFirst && !keys.some(key => key.startsWith(`${l4} `))) continue;
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
