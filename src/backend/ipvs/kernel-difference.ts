import { readVirtualServers } from '../../kernel/ipvs.ts';
import type { Ipvsadm } from '../../kernel/ipvsadm.ts';
import type { Nft } from '../../kernel/nft.ts';
import type { LocalRoute, LocalRoutes } from '../../kernel/local-routes.ts';
import { cidrContains, formatCidr, parseCidr, type Cidr, type Family } from '../../model/ip.ts';
import type { Difference } from '../difference.ts';
import type { DesiredTable } from '../nftables/desired-table.ts';
import type { Found } from '../nftables/diff.ts';
import { TABLE } from '../nftables/schema.ts';
import { arpGuardDifferences } from './arp-guard-difference.ts';
import { drainingServers, ownServers } from './own-servers.ts';
import { parseSaved, type IpvsContent } from './parse.ts';
import { routeDifferences } from './route-difference.ts';
import { WantedRoutes } from './wanted-routes.ts';

export interface IpvsReadingOptions {
  readonly nft: Pick<Nft, 'listTable'>;
  readonly ipvsadm: Pick<Ipvsadm, 'save'>;
  readonly routes: Pick<LocalRoutes, 'list'>;
  /** The kernel's list; that of this network namespace, but in tests. */
  readonly readServers?: () => Promise<string | undefined>;
  readonly excludeCIDRs: readonly Cidr[];
  readonly manageForeign: boolean;
  readonly drainTimeoutMs: number;
  readonly arpGuard: boolean;
  /** As of an agent: see IpvsBackendOptions. */
  readonly sourceOf: (family: Family) => string | undefined;
  readonly ownAddresses: (family: Family) => readonly string[];
}

/** What of the kernel is compared besides nft's tables. */
export interface IpvsReading {
  /** Of ours, for the comparison with the ledgers. */
  readonly servers: ReadonlyMap<Family, Found>;
  /** The guard against ARP, and routes. */
  readonly waysIn: readonly Difference[];
}

/**
 * Reads what mode ipvs has besides nft's two tables, and compares the ways in: the guard against ARP, and routes. Writes nothing, and has no module loaded.
 * @throws CommandError; Error where ipvsadm prints what is not understood
 */
export async function readIpvs(
  tables: ReadonlyMap<Family, DesiredTable>,
  options: IpvsReadingOptions,
): Promise<IpvsReading> {
  const content = await readContent(options);
  const drains = options.drainTimeoutMs
    ? drainingServers(
        content,
        [...tables.values()].map(({ ledger }) => ledger),
      )
    : () => false;
  const servers = new Map<Family, Found>();
  const waysIn: Difference[] = [];
  for (const [family, { ledger }] of tables) {
    const { excludeCIDRs, manageForeign, sourceOf, ownAddresses } = options;
    const present = (await options.routes.list(family)).map(canonical);
    const wanted = new WantedRoutes(family);
    wanted.reset(ledger.sharedEntries());
    const own = ownAddresses(family);
    const source = sourceOf(family);
    const cidrs = wanted.cidrs(new Set(own));
    if (family === 'ipv4') {
      const listing = await options.nft.listTable('arp', TABLE);
      waysIn.push(...arpGuardDifferences(listing, options.arpGuard ? cidrs : []));
    }
    waysIn.push(
      ...routeDifferences(
        family,
        present,
        cidrs.map(cidr => ({ cidr, source })),
      ),
    );
    // As of a RouteKeeper.
    const past = new WantedRoutes(family);
    past.reset(present.map(({ cidr }) => ({ container: 'service-cidrs', key: cidr, value: '' })));
    const isExcluded = (text: string): boolean => excludeCIDRs.some(cidr => cidrContains(cidr, { family, text }));
    const isReached = (text: string): boolean => !own.includes(text) && (wanted.covers(text) || past.covers(text));
    const owns = (address: string): boolean => !isExcluded(address) && (manageForeign || isReached(address));
    servers.set(family, ownServers(content, family, ledger, { owns, drains }));
  }
  return { servers, waysIn };
}

/** A kernel without IPVS has none: ipvsadm would load the module. */
async function readContent({ ipvsadm, readServers = readVirtualServers }: IpvsReadingOptions): Promise<IpvsContent> {
  return parseSaved((await readServers()) === undefined ? '' : await ipvsadm.save());
}

const canonical = ({ cidr: text, source }: LocalRoute): LocalRoute => {
  const cidr = parseCidr(text);
  return { cidr: cidr ? formatCidr(cidr) : text, source };
};
