import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { readVirtualServers } from '../../kernel/ipvs.ts';
import type { Ipvsadm } from '../../kernel/ipvsadm.ts';
import type { LocalRoutes } from '../../kernel/local-routes.ts';
import type { Nft } from '../../kernel/nft.ts';
import { cidrContains, type Cidr, type Family } from '../../model/ip.ts';
import { familyOf } from './address-text.ts';
import { encodeArpGuard } from './arp-guard.ts';
import { encodeLine } from './encode.ts';
import { parseConnections } from './parse-connections.ts';
import { parseKey } from './schema.ts';
import { WantedRoutes } from './wanted-routes.ts';

export interface RetireOptions {
  readonly families: readonly Family[];
  readonly ipvsadm: Ipvsadm;
  readonly nft: Nft;
  readonly routes: LocalRoutes;
  /** Virtual servers in these are nobody's to delete. */
  readonly excludeCIDRs: readonly Cidr[];
  /** The kernel's list; that of this network namespace, but in tests. */
  readonly readServers?: () => Promise<string | undefined>;
  readonly logger: Logger;
}

/**
 * Removes what mode ipvs of sluice has left, and nothing of anyone else: virtual servers at addresses that its routes lead to, these routes,
 * and its guard against ARP. Nothing is looked for where there are no such routes.
 * @param immediately whether connections are ended; otherwise virtual servers that have some stay, and the routes with them
 * @returns how many virtual servers are left. @throws Error
 */
export async function retireIpvs(options: RetireOptions, immediately: boolean): Promise<number> {
  const { families, ipvsadm, nft, routes, excludeCIDRs, readServers = readVirtualServers, logger } = options;
  const ours = new Map<Family, WantedRoutes>();
  const found = new Map<Family, Awaited<ReturnType<LocalRoutes['list']>>>();
  for (const family of families) {
    const present = await routes.list(family);
    if (!present.length) continue;
    found.set(family, present);
    const reached = new WantedRoutes(family);
    reached.reset(present.map(({ cidr }) => ({ container: 'service-cidrs', key: cidr, value: '' })));
    ours.set(family, reached);
  }
  if (!found.size) return 0;
  const { virtualServers } = parseConnections((await readServers()) ?? '');
  const own = [...virtualServers].filter(([key]) => {
    const { address } = parseKey(key).virtualServer;
    const family = familyOf(address);
    if (excludeCIDRs.some(cidr => cidrContains(cidr, { family, text: address }))) return false;
    return ours.get(family)?.covers(address) ?? false;
  });
  const idle = own.filter(([, connections]) => immediately || !connections);
  const answers = await ipvsadm.execute(
    idle.map(([key]) => encodeLine('D', { container: 'virtual-servers', key, value: '' })),
  );
  const failure = answers.find(({ message }) => message !== undefined && !/No such service/.test(message));
  if (failure) throw new Error(`virtual servers of mode ipvs cannot be deleted: ${failure.message}`);
  const left = own.length - idle.length;
  if (left) return left;
  // Packets to ClusterIPs come in as long as there is someone to take them, and not longer.
  for (const [family, deletes] of found) await routes.change(family, { deletes });
  await nft.apply(encodeArpGuard([]));
  logger.info(
    { virtualServers: own.length, routes: [...found.values()].flat().length },
    'what mode ipvs had left is gone',
  );
  return 0;
}

const LOOK_AGAIN_MS = 60_000;

/** The same beside another mode, which serves all new connections by now: virtual servers go as their connections end. Never throws. */
export async function retireWhenIdle(options: RetireOptions): Promise<void> {
  const { logger } = options;
  for (let told: number | undefined; ;) {
    try {
      const left = await retireIpvs(options, false);
      if (!left) return;
      if (left !== told)
        logger.info({ virtualServers: left }, 'virtual servers of mode ipvs stay until their connections end');
      told = left;
    } catch (error) {
      logger.warn({ err: error }, 'what mode ipvs has left cannot be removed; tried again later');
    }
    await sleep(LOOK_AGAIN_MS, undefined, { ref: false });
  }
}
