import type { Logger } from 'pino';
import type { LocalRoute, LocalRoutes } from '../../kernel/local-routes.ts';
import type { Nft } from '../../kernel/nft.ts';
import { formatCidr, parseCidr, type Family } from '../../model/ip.ts';
import type { DesiredTable } from '../nftables/desired-table.ts';
import type { FamilyUnit } from '../nftables/element-writer.ts';
import { encodeArpGuard } from './arp-guard.ts';
import { WantedRoutes } from './wanted-routes.ts';

export interface RouteKeeperOptions {
  readonly family: Family;
  readonly nft: Nft;
  readonly routes: LocalRoutes;
  /** The address of this node that it sends from; undefined where none is known. */
  readonly source: () => string | undefined;
  /** Whether ARP requests for these addresses are to be left unanswered. */
  readonly arpGuard: boolean;
  readonly logger: Logger;
}

/** Has packets to ClusterIPs of one family come in to this host: one route for each service CIDR, in place of an interface with addresses. */
export class RouteKeeper {
  readonly #options: RouteKeeperOptions;
  readonly #wanted: WantedRoutes;
  #present = new Map<string, LocalRoute>();
  /** What the routes that were found are to. */
  readonly #past: WantedRoutes;
  #isOpen = false;
  #source: string | undefined;
  #guarded: string | undefined;

  constructor(options: RouteKeeperOptions) {
    this.#options = options;
    this.#wanted = new WantedRoutes(options.family);
    this.#past = new WantedRoutes(options.family);
  }

  /** Reads which routes there are, and sees which there should be. @throws CommandError */
  async read({ ledger }: DesiredTable): Promise<void> {
    this.#wanted.reset(ledger.sharedEntries());
    const present = await this.#options.routes.list(this.#options.family);
    this.#present = new Map(present.map(route => [canonical(route.cidr), { ...route, cidr: canonical(route.cidr) }]));
    this.#past.reset([...this.#present.keys()].map(key => ({ container: 'service-cidrs', key, value: '' })));
    // Somebody may have changed the guard, too.
    this.#guarded = undefined;
  }

  /** Whether somebody has changed the routes since they were made. @throws CommandError */
  async hasDrifted(): Promise<boolean> {
    if (!this.#isOpen) return false;
    const present = new Set((await this.#options.routes.list(this.#options.family)).map(({ cidr }) => canonical(cidr)));
    const wanted = this.#wanted.cidrs();
    return wanted.length !== present.size || wanted.some(cidr => !present.has(cidr));
  }

  /** Whether an address is one that ours, or another one like us before, has made local. */
  owns(address: string): boolean {
    return this.#wanted.covers(address) || this.#past.covers(address);
  }

  /** Makes the routes that a table's ledger wants, and from now on follows its changes. @throws CommandError */
  async open({ ledger }: DesiredTable): Promise<void> {
    this.#wanted.reset(ledger.sharedEntries());
    this.#isOpen = true;
    await this.#apply();
  }

  /** Follows changes, before their elements are written: what leaves is turned away then, and is no address of this host any more. */
  async follow(units: readonly FamilyUnit[]): Promise<void> {
    const matters = this.#wanted.follow(units);
    if (this.#isOpen && (matters || this.#options.source() !== this.#source)) await this.#apply();
  }

  async #apply(): Promise<void> {
    const { family, routes, logger } = this.#options;
    const source = this.#options.source();
    this.#source = source;
    const wanted = new Map(this.#wanted.cidrs().map((cidr): [string, LocalRoute] => [cidr, { cidr, source }]));
    const adds = [...wanted.values()].filter(({ cidr }) => {
      const is = this.#present.get(cidr);
      return !is || is.source !== source;
    });
    const deletes = [...this.#present.values()].filter(({ cidr }) => !wanted.has(cidr));
    await this.#guard([...wanted.keys()]);
    if (!adds.length && !deletes.length) return;
    await routes.change(family, { adds, deletes });
    this.#present = wanted;
    logger.info({ family, added: adds.length, deleted: deletes.length, source }, 'routes to ClusterIPs changed');
  }

  /** Before the routes: from then on this host would answer. */
  async #guard(cidrs: readonly string[]): Promise<void> {
    const { family, nft, arpGuard } = this.#options;
    if (family !== 'ipv4') return;
    const text = encodeArpGuard(arpGuard ? cidrs : []);
    if (text === this.#guarded) return;
    await nft.apply(text);
    this.#guarded = text;
  }
}

const canonical = (text: string): string => {
  const cidr = parseCidr(text);
  return cidr ? formatCidr(cidr) : text;
};
