import type { Logger } from 'pino';
import type { LocalRoute, LocalRoutes } from '../../kernel/local-routes.ts';
import type { Nft } from '../../kernel/nft.ts';
import { formatCidr, parseCidr, type Family } from '../../model/ip.ts';
import type { DesiredTable } from '../nftables/desired-table.ts';
import type { FamilyUnit } from '../nftables/diff.ts';
import { encodeArpGuard } from './arp-guard.ts';
import { WantedRoutes } from './wanted-routes.ts';

export interface RouteKeeperOptions {
  readonly family: Family;
  readonly nft: Nft;
  readonly routes: LocalRoutes;
  /** The address of this node that it sends from; undefined where none is known. */
  readonly source: () => string | undefined;
  /** The addresses of this node, as its Node object has them, of this family. */
  readonly ownAddresses: () => readonly string[];
  /** Whether ARP requests for these addresses are to be left unanswered. */
  readonly arpGuard: boolean;
  readonly logger: Logger;
}

/** Has packets to ClusterIPs of one family come in to this host: one route for each service CIDR, in place of an interface with addresses. */
export class RouteKeeper {
  readonly #options: RouteKeeperOptions;
  readonly #wanted: WantedRoutes;
  #present: ReadonlyMap<string, LocalRoute> = new Map();
  /** What the routes that were found are to. */
  readonly #past: WantedRoutes;
  #isOpen = false;
  /** Source and own addresses that the routes were made for. */
  #given: string | undefined;
  #guarded: string | undefined;

  constructor(options: RouteKeeperOptions) {
    this.#options = options;
    this.#wanted = new WantedRoutes(options.family);
    this.#past = new WantedRoutes(options.family);
  }

  /** Reads which routes there are, and sees which there should be. @throws CommandError */
  async read({ ledger }: DesiredTable): Promise<void> {
    this.#wanted.reset(ledger.sharedEntries());
    this.#present = await this.#list();
    this.#past.reset([...this.#present.keys()].map(key => ({ container: 'service-cidrs', key, value: '' })));
    // Somebody may have changed the guard, too.
    this.#guarded = undefined;
  }

  /** Whether somebody has changed the routes since they were made, or they could not be made as they should be. @throws CommandError */
  async hasDrifted(): Promise<boolean> {
    if (!this.#isOpen) return false;
    const present = await this.#list();
    const wanted = this.#desired(this.#options.source());
    return wanted.size !== present.size || [...wanted].some(([cidr, route]) => !isSame(present.get(cidr), route));
  }

  /** Whether an address is one that ours, or another one like us before, has made local. Never one of the node itself. */
  owns(address: string): boolean {
    if (this.#options.ownAddresses().includes(address)) return false;
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
    const { source, ownAddresses } = this.#options;
    const given = `${source()} ${ownAddresses().join(' ')}`;
    if (this.#isOpen && (matters || given !== this.#given)) await this.#apply();
  }

  async #list(): Promise<Map<string, LocalRoute>> {
    const routes = await this.#options.routes.list(this.#options.family);
    return new Map(routes.map(route => [canonical(route.cidr), { ...route, cidr: canonical(route.cidr) }]));
  }

  #desired(source: string | undefined): Map<string, LocalRoute> {
    const own = new Set(this.#options.ownAddresses());
    return new Map(this.#wanted.cidrs(own).map((cidr): [string, LocalRoute] => [cidr, { cidr, source }]));
  }

  async #apply(): Promise<void> {
    const { family, logger, source, ownAddresses } = this.#options;
    this.#given = `${source()} ${ownAddresses().join(' ')}`;
    await this.#guard([...this.#desired(undefined).keys()]);
    const from = source();
    let failure: unknown;
    // At the second attempt with what there is by then. At the last one without a source: the kernel takes none that is not, or no longer, an
    // address of its own, and packets of others have to come in all the same.
    for (const attempt of [from, from, undefined]) {
      try {
        await this.#change(this.#desired(attempt));
        if (attempt !== from)
          logger.warn({ family, source: from, err: failure }, 'routes to ClusterIPs are without a source for now');
        return;
      } catch (error) {
        failure = error;
        this.#present = await this.#list();
      }
    }
    throw failure;
  }

  async #change(wanted: ReadonlyMap<string, LocalRoute>): Promise<void> {
    const { family, routes, logger } = this.#options;
    const others = [...wanted.values()].filter(route => !isSame(this.#present.get(route.cidr), route));
    const adds = others.filter(({ cidr }) => !this.#present.has(cidr));
    const replaces = others.filter(({ cidr }) => this.#present.has(cidr));
    const deletes = [...this.#present.values()].filter(({ cidr }) => !wanted.has(cidr));
    if (!others.length && !deletes.length) return;
    await routes.change(family, { adds, replaces, deletes });
    this.#present = wanted;
    const counts = { added: adds.length, changed: replaces.length, deleted: deletes.length };
    logger.info({ family, ...counts }, 'routes to ClusterIPs changed');
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

const isSame = (a: LocalRoute | undefined, b: LocalRoute): boolean => a !== undefined && a.source === b.source;

const canonical = (text: string): string => {
  const cidr = parseCidr(text);
  return cidr ? formatCidr(cidr) : text;
};
