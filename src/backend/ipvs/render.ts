import type { Family } from '../../model/ip.ts';
import type { DesiredTable } from '../nftables/desired-table.ts';
import type { FamilyUnit } from '../nftables/diff.ts';
import { encodeArpGuard } from './arp-guard.ts';
import { commandsOf, lineOf } from './diff.ts';
import { encodeAll } from './encode.ts';
import { WantedRoutes } from './wanted-routes.ts';

/** All virtual servers and real servers, as `ipvsadm -R` reads them on a machine that has none. */
export const renderIpvs = (tables: Iterable<DesiredTable>): string =>
  [...tables].map(({ ledger }) => encodeAll(ledger.entries())).join('');

/** A change, as `ipvsadm -R` reads it: what goes before the elements of nft, and what goes after. */
export function renderIpvsChange(units: readonly FamilyUnit[]): {
  readonly before: string[];
  readonly after: string[];
} {
  const { before, after } = commandsOf(units);
  return { before: before.map(lineOf), after: after.map(lineOf) };
}

/** A route without its source, as `kernel/local-routes.ts` makes it. */
export const renderRoute = (cidr: string): string => `local ${cidr} dev lo table local proto 107 metric 10700`;

/**
 * What goes with the tables of nft: the guard against ARP, which nft reads, and the routes, as comments.
 * @param sources by which addresses this node sends
 */
export function renderWaysIn(
  tables: Iterable<DesiredTable>,
  sources: Readonly<Record<Family, string | undefined>>,
  arpGuard: boolean,
): string {
  const parts: string[] = [];
  for (const { ledger, options } of tables) {
    const { family } = options;
    const wanted = new WantedRoutes(family);
    wanted.reset(ledger.sharedEntries());
    const own = sources[family] === undefined ? [] : [sources[family]];
    const cidrs = wanted.cidrs(new Set(own));
    if (family === 'ipv4' && arpGuard && cidrs.length) parts.push(encodeArpGuard(cidrs));
    const source = sources[family] === undefined ? '' : ` src ${sources[family]}`;
    for (const cidr of cidrs) parts.push(`# ip route add ${renderRoute(cidr)}${source}\n`);
  }
  return parts.join('');
}
