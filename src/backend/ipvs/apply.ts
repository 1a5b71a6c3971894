import { readVirtualServers } from '../../kernel/ipvs.ts';
import type { Ipvsadm } from '../../kernel/ipvsadm.ts';
import type { LocalRoutes } from '../../kernel/local-routes.ts';
import type { Cidr, Family } from '../../model/ip.ts';
import type { Conflict } from '../backend.ts';
import type { ServerStatistics, StatisticsSource } from '../server-statistics.ts';
import { NftablesBackend, type NftablesBackendOptions } from '../nftables/apply.ts';
import type { L4Protocol } from '../nftables/schema.ts';
import { compileIpvsService } from './compile.ts';
import { familyOf } from './address-text.ts';
import { Drain } from './drain.ts';
import { parseStatistics } from './parse-statistics.ts';
import { RouteKeeper } from './route-keeper.ts';
import { claimOfVirtualServer, isClaimOfVirtualServer, parseKey, virtualServerKey, type Target } from './schema.ts';
import type { IpvsOptions } from './settings.ts';
import { VirtualServerStore } from './virtual-server-store.ts';

export interface IpvsBackendOptions extends Omit<NftablesBackendOptions, 'compile' | 'companion'> {
  readonly ipvsadm: Ipvsadm;
  readonly localRoutes: LocalRoutes;
  readonly settings: Omit<IpvsOptions, 'missingSchedulers'>;
  /** How long a real server that is gone may keep its connections; 0: not at all. */
  readonly drainTimeoutMs: number;
  readonly arpGuard: boolean;
  readonly excludeCIDRs: readonly Cidr[];
  readonly manageForeign: boolean;
  /** The address of this node that it sends from; undefined where it is not known, or not on this host. */
  readonly sourceOf: (family: Family) => string | undefined;
  /** All addresses that its Node object has, canonical. */
  readonly ownAddresses: (family: Family) => readonly string[];
  /** A Service asks for a scheduler that the kernel has not; it gets the common one. */
  readonly onMissingScheduler: (owner: string, scheduler: string) => void;
}

/**
 * Keeps nftables and IPVS in the desired state: nft has the front ends, IPVS chooses the endpoints. What is written, compared and set
 * aside, and when, is as in the nftables backend; virtual servers are entries of the same ledger.
 */
export class IpvsBackend extends NftablesBackend implements StatisticsSource {
  readonly #ipvsadm: Ipvsadm;
  readonly #store: VirtualServerStore;

  constructor(options: IpvsBackendOptions) {
    const { nft, rulesets, logger, ipvsadm, settings, sourceOf, ownAddresses, arpGuard } = options;
    const missingSchedulers = new Set<string>();
    const routes = new Map(
      rulesets.map(({ family }) => [
        family,
        new RouteKeeper({
          family,
          nft,
          routes: options.localRoutes,
          source: () => sourceOf(family),
          ownAddresses: () => ownAddresses(family),
          arpGuard,
          logger,
        }),
      ]),
    );
    const store = new VirtualServerStore({
      ipvsadm,
      routes,
      drain: new Drain(options.drainTimeoutMs),
      excludeCIDRs: options.excludeCIDRs,
      manageForeign: options.manageForeign,
      onMissingScheduler: (scheduler, owner) => {
        // The common one was tried at the start: it was unloaded since, which is no Service's fault.
        if (scheduler === settings.scheduler || owner === undefined) return;
        missingSchedulers.add(scheduler);
        options.onMissingScheduler(owner, scheduler);
      },
      logger,
    });
    super({
      ...options,
      compile: plan => compileIpvsService(plan, { ...settings, missingSchedulers }),
      companion: store,
    });
    this.#ipvsadm = ipvsadm;
    this.#store = store;
  }

  /** Whether somebody has changed virtual servers or routes of ours. @throws Error where they cannot be read */
  hasDrifted(): Promise<boolean> {
    return this.#store.hasDrifted(this.tables);
  }

  async readStatistics(): Promise<readonly ServerStatistics[]> {
    const [printed, listing = ''] = await Promise.all([this.#ipvsadm.statistics(), readVirtualServers()]);
    return parseStatistics(printed, listing, key => this.#serves(key));
  }

  #serves(key: string): boolean {
    const family = familyOf(parseKey(key).virtualServer.address);
    return this.winnerOf(family, claimOfVirtualServer(key)) !== undefined || this.#store.drains(key);
  }

  /** Whether a virtual server is one that is wanted, or that is left until its connections end. */
  hasVirtualServer({ protocol, ...target }: Target & { readonly protocol: L4Protocol }): boolean {
    return this.#serves(virtualServerKey(protocol, target));
  }

  override conflicts(family: Family): readonly Conflict[] {
    // Who has an address is told by what clients dial.
    return super.conflicts(family).filter(({ claim }) => !isClaimOfVirtualServer(claim));
  }
}
