import type { ServicePlan } from '../../plan/types.ts';
import type { Suspects } from '../suspects.ts';
import { pinKey } from './affinity-rules.ts';
import type { L4Protocol } from './schema.ts';

/** A client that the kernel keeps with a real server: an element of the map, or the two maps, of {@link affinityMaps}. */
export interface Pin {
  /** As in `Entry`: `2656 . 10 . 80 . 192.168.100.9`. */
  readonly key: string;
  /** `10.244.1.2 . 8080` */
  readonly value: string;
}

/**
 * Puts pins together from what each map tells of the real server.
 * @param maps elements of the maps, in the order of {@link affinityMaps}; what one of them lacks, since it is just expiring, stays empty
 */
export function pinsOf(maps: readonly ReadonlyMap<string, string>[]): Pin[] {
  const keys = new Set(maps.flatMap(map => [...map.keys()]));
  return [...keys].map(key => ({ key, value: maps.map(map => map.get(key) ?? '').join(' . ') }));
}

/** The keys under which the clients of a Service are kept, without the client, each with its real servers. */
export function pinKeys({ ports }: ServicePlan): ReadonlyMap<string, readonly string[]> {
  const keys = new Map<string, readonly string[]>();
  for (const { servicePort, clusterEndpoints, localEndpoints } of ports) {
    if (servicePort.affinityTimeoutSeconds === undefined) continue;
    const l4 = servicePort.protocol.toLowerCase() as L4Protocol;
    for (const [policy, servers] of [
      ['cluster', clusterEndpoints],
      ['local', localEndpoints],
    ] as const) {
      const key = pinKey(servicePort.clusterIP, servicePort.port, policy).join(' . ');
      keys.set(
        `${l4} ${key}`,
        servers.map(({ address, port }) => `${address} . ${port}`),
      );
    }
  }
  return keys;
}

/**
 * The pins that have to go: to real servers that are gone and, where all is to be looked at, of service ports that are.
 * @param all not only those at `keys`
 */
export function stalePins(
  pins: Iterable<Pin>,
  l4: L4Protocol,
  suspects: Suspects,
  keys: readonly string[],
  all: boolean,
): string[] {
  const known = suspects.resolve(all ? suspects.keys() : keys);
  const stale: string[] = [];
  for (const { key, value } of pins) {
    const allowed = known.get(`${l4} ${key.slice(0, key.lastIndexOf(' . '))}`);
    if (allowed ? !allowed.has(value) : all) stale.push(key);
  }
  return stale;
}
