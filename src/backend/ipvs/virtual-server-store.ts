import type { Logger } from 'pino';
import type { Ipvsadm } from '../../kernel/ipvsadm.ts';
import { cidrContains, type Cidr, type Family } from '../../model/ip.ts';
import type { Companion } from '../nftables/companion.ts';
import type { DesiredTable } from '../nftables/desired-table.ts';
import type { Found } from '../nftables/diff.ts';
import type { FamilyUnit } from '../nftables/diff.ts';
import type { CompanionTable } from '../nftables/schema.ts';
import { commandsOf, lineOf, verdictOf, type Command } from './diff.ts';
import type { Drain } from './drain.ts';
import { ownServers } from './own-servers.ts';
import { parseSaved, type IpvsContent } from './parse.ts';
import type { RouteKeeper } from './route-keeper.ts';

export interface VirtualServerStoreOptions {
  readonly ipvsadm: Ipvsadm;
  readonly routes: ReadonlyMap<Family, RouteKeeper>;
  readonly drain: Drain;
  /** Virtual servers in these are nobody's to delete. */
  readonly excludeCIDRs: readonly Cidr[];
  /** All other virtual servers are ours, wherever they are: what nobody asks for is deleted. */
  readonly manageForeign: boolean;
  /** The kernel has no such scheduler. */
  readonly onMissingScheduler: (scheduler: string, owner: string | undefined) => void;
  readonly logger: Logger;
}

/** Keeps IPVS in step with the tables: virtual servers at ClusterIPs, and the routes by which their packets come in. */
export class VirtualServerStore implements Companion {
  readonly #options: VirtualServerStoreOptions;

  constructor(options: VirtualServerStoreOptions) {
    this.#options = options;
  }

  async read(tables: ReadonlyMap<Family, DesiredTable>): Promise<ReadonlyMap<Family, Found>> {
    const { ipvsadm, routes, drain } = this.#options;
    for (const [family, table] of tables) await routes.get(family)?.read(table);
    const content = parseSaved(await ipvsadm.save());
    drain.forgetAllBut(content);
    const found = new Map<Family, Map<CompanionTable, Map<string, string>>>();
    for (const [family, table] of tables) found.set(family, this.#ours(content, family, table));
    return found;
  }

  /** Whether somebody has changed what is ours: nobody tells of that. Changes nothing. @throws Error where it cannot be read */
  async hasDrifted(tables: ReadonlyMap<Family, DesiredTable>): Promise<boolean> {
    const { ipvsadm, routes } = this.#options;
    for (const keeper of routes.values()) if (await keeper.hasDrifted()) return true;
    const content = parseSaved(await ipvsadm.save());
    for (const [family, table] of tables) {
      const ours = this.#ours(content, family, table);
      let left = [...ours.values()].reduce((sum, { size }) => sum + size, 0);
      for (const { container, key, value } of table.ledger.entries()) {
        if (container !== 'virtual-servers' && container !== 'real-servers') continue;
        if (ours.get(container)?.get(key) !== value) return true;
        left -= 1;
      }
      if (left) return true;
    }
    return false;
  }

  /** What is desired, and what is at addresses of ours. */
  #ours(content: IpvsContent, family: Family, { ledger }: DesiredTable): Map<CompanionTable, Map<string, string>> {
    const { drain } = this.#options;
    return ownServers(content, family, ledger, {
      owns: address => this.#isOwned(family, address),
      drains: key => drain.holds(key),
    });
  }

  #isOwned(family: Family, address: string): boolean {
    const { excludeCIDRs, manageForeign, routes } = this.#options;
    if (excludeCIDRs.some(cidr => cidrContains(cidr, { family, text: address }))) return false;
    return manageForeign || (routes.get(family)?.owns(address) ?? false);
  }

  async open(table: DesiredTable): Promise<void> {
    await this.#options.routes.get(table.options.family)?.open(table);
  }

  async before(units: readonly FamilyUnit[]): Promise<ReadonlyMap<FamilyUnit, Error>> {
    const { drain, routes } = this.#options;
    const refused = await this.#execute(drain.softened(commandsOf(units).before));
    for (const keeper of routes.values()) await keeper.follow(units);
    return refused;
  }

  async after(units: readonly FamilyUnit[]): Promise<void> {
    const refused = await this.#execute(this.#options.drain.softened(commandsOf(units).after));
    for (const error of refused.values()) throw error;
  }

  /** @returns what failed, by unit, with the first reason */
  async #execute(commands: readonly Command[]): Promise<Map<FamilyUnit, Error>> {
    const refused = new Map<FamilyUnit, Error>();
    let left = commands;
    while (left.length) {
      const answers = await this.#options.ipvsadm.execute(left.map(lineOf));
      const again: Command[] = [];
      for (const [i, command] of left.entries()) {
        const message = answers[i]?.message;
        const verdict = verdictOf(command, message);
        if (verdict.kind === 'retry') again.push(verdict.command);
        if (verdict.kind !== 'failed' || refused.has(command.unit)) continue;
        refused.set(command.unit, verdict.error);
        this.#noteScheduler(command, message);
      }
      left = again;
    }
    return refused;
  }

  #noteScheduler({ entry, unit }: Command, message = ''): void {
    const scheduler = /^-s (\S+)/.exec(entry.value)?.[1];
    if (scheduler !== undefined && /Scheduler .*not found/.test(message))
      this.#options.onMissingScheduler(scheduler, unit.owner);
  }

  /** Whether a virtual server, by key, is left until its connections end. */
  drains(key: string): boolean {
    return this.#options.drain.holds(key);
  }

  async tidy(): Promise<boolean> {
    const { drain, ipvsadm, logger } = this.#options;
    const lines = await drain.finished();
    if (lines.length) {
      await ipvsadm.execute(lines);
      logger.info({ servers: lines.length }, 'servers of IPVS that were drained are removed');
    }
    return drain.size > 0;
  }
}
