import type { Family } from '../../model/ip.ts';
import type { Ledger } from '../nftables/ledger.ts';
import type { CompanionTable } from '../nftables/schema.ts';
import { familyOf } from './address-text.ts';
import type { IpvsContent } from './parse.ts';
import { claimOfVirtualServer, formatWeight, parseKey, virtualServerOf } from './schema.ts';

export interface Ownership {
  /** Whether what is at an address is ours, also where nobody asks for it. */
  readonly owns: (address: string) => boolean;
  /** Whether a virtual or real server, by key, is left until its connections end. */
  readonly drains: (key: string) => boolean;
}

/** Of what the kernel has in one family: what is desired, and what is at addresses of ours, but for what drains. */
export function ownServers(
  content: IpvsContent,
  family: Family,
  ledger: Pick<Ledger, 'winnerOf'>,
  { owns, drains }: Ownership,
): Map<CompanionTable, Map<string, string>> {
  const known = new Map<string, boolean>();
  const isOurs = (server: string): boolean => {
    const before = known.get(server);
    if (before !== undefined) return before;
    const address = server.slice(0, server.indexOf(' '));
    const is =
      familyOf(address) === family && (ledger.winnerOf(claimOfVirtualServer(server)) !== undefined || owns(address));
    known.set(server, is);
    return is;
  };
  return new Map(
    [...content].map(([container, entries]) => [
      container,
      new Map([...entries].filter(([key]) => isOurs(virtualServerOf({ key })) && !drains(key))),
    ]),
  );
}

const NO_WEIGHT = formatWeight(0);

/**
 * Which servers drain, as far as can be seen from outside of the agent that has them drain: those of TCP that nobody asks for and that have
 * no weight, and virtual servers that nobody asks for and that have no others.
 * @param content of the kernel
 * @returns a test of keys
 */
export function drainingServers(
  content: IpvsContent,
  ledgers: readonly Pick<Ledger, 'claimInForce'>[],
): (key: string) => boolean {
  const draining = new Set<string>();
  const serving = new Set<string>();
  const entriesOf = (server: string) =>
    ledgers.map(ledger => ledger.claimInForce(claimOfVirtualServer(server))).find(Boolean)?.claim.entries;
  for (const [key, value] of content.get('real-servers') ?? []) {
    const server = virtualServerOf({ key });
    const isWanted = (): boolean =>
      entriesOf(server)?.some(entry => entry.container === 'real-servers' && entry.key === key) ?? false;
    if (value === NO_WEIGHT && parseKey(key).l4 === 'tcp' && !isWanted()) draining.add(key);
    else serving.add(server);
  }
  const emptied = Array.from(draining, key => virtualServerOf({ key })).filter(
    server => !serving.has(server) && !entriesOf(server),
  );
  for (const server of emptied) draining.add(server);
  return key => draining.has(key);
}
