import type { Nft } from '../../kernel/nft.ts';
import type { Family } from '../../model/ip.ts';
import type { TrafficIncrement, TrafficOutcome, TrafficPort, TrafficSource } from '../traffic.ts';
import type { Claim, ClaimPort } from './claim.ts';
import { CountedElements } from './counted-elements.ts';
import type { DesiredTable } from './desired-table.ts';
import { inSteps } from './in-steps.ts';
import { parseCountsSteps, type TableContent } from './parse.ts';
import { readContainers, type DumpSets } from './read-table.ts';
import { containersOf, NFT_FAMILY, TABLE, type Container, type ContainerName, type Entry } from './schema.ts';

/** Reads the counters of the elements that stand for service ports. */
export class TrafficCounters implements TrafficSource {
  readonly #nft: Nft;
  readonly #dump: DumpSets | undefined;
  readonly #tables: ReadonlyMap<Family, DesiredTable>;
  readonly #elements: ReadonlyMap<Family, CountedElements>;
  readonly #adopted = new Set<Family>();
  /** Read by a call that failed later on. */
  #unsaid: TrafficIncrement[] = [];

  /**
   * @param nft one that transactions need not wait for
   * @param dump reads elements in its place
   */
  constructor(nft: Nft, tables: ReadonlyMap<Family, DesiredTable>, dump?: DumpSets) {
    this.#nft = nft;
    this.#dump = dump;
    this.#tables = tables;
    this.#elements = new Map([...tables.keys()].map(family => [family, new CountedElements()]));
  }

  /** What the kernel had counted when it was first read. */
  adopt(family: Family, counts: TableContent['counts']): void {
    if (this.#adopted.has(family)) return;
    this.#adopted.add(family);
    for (const [container, packets] of counts) this.#elements.get(family)?.adopt(container, packets);
  }

  /** Elements were written. */
  noteWritten(family: Family, entries: readonly Entry[]): void {
    this.#elements.get(family)?.noteWritten(entries);
  }

  async readIncrements(): Promise<readonly TrafficIncrement[]> {
    for (const [family, table] of this.#tables) {
      // Before the first comparison nobody knows what was counted before this process.
      if (!this.#adopted.has(family)) continue;
      for (const container of containersOf(family)) {
        if (container.counted && table.uses(container.name))
          this.#unsaid.push(...(await this.#read(family, table, container)));
      }
    }
    return this.#unsaid.splice(0);
  }

  async #read(family: Family, table: DesiredTable, container: Container): Promise<TrafficIncrement[]> {
    const { name } = container;
    const take = this.#elements.get(family)!.beginReading(name);
    const counts = (await this.#dumped(family, container)) ?? (await this.#listed(family, name));
    return [...take(counts)].flatMap(([key, packets]) => {
      const { owner = '', claim } = table.ledger.claimInForce(key) ?? {};
      const outcome = claim && outcomeOf(name, key, claim);
      return claim?.port && outcome ? [{ family, service: owner, ...labelsOf(claim.port), outcome, packets }] : [];
    });
  }

  /** @returns undefined where nft has to be asked */
  async #dumped(family: Family, container: Container): Promise<ReadonlyMap<string, number> | undefined> {
    if (!this.#dump) return undefined;
    const read = readContainers(this.#nft, this.#dump, family, [container]);
    return read.then(
      found => found.get(container.name)?.packets,
      () => undefined,
    );
  }

  async #listed(family: Family, name: ContainerName): Promise<ReadonlyMap<string, number>> {
    const listing = await this.#nft.listMap(NFT_FAMILY[family], TABLE, name);
    return listing === undefined ? new Map<string, number>() : inSteps(parseCountsSteps(listing));
  }

  has({ family, service, port, protocol }: TrafficPort): boolean {
    const claims = this.#tables.get(family)?.ledger.claimsOf(service) ?? [];
    return claims.some(claim => {
      const labels = claim.port && labelsOf(claim.port);
      return labels?.port === port && labels.protocol === protocol;
    });
  }
}

const labelsOf = ({ name, number, l4 }: ClaimPort): Pick<TrafficPort, 'port' | 'protocol'> => ({
  port: name || String(number),
  protocol: l4.toUpperCase(),
});

/** @returns undefined where packets are only let through: in mode ipvs, on their way to a virtual server */
function outcomeOf(container: ContainerName, key: string, { entries }: Claim): TrafficOutcome | undefined {
  if (container === 'services' || container === 'nodeports') return 'forwarded';
  const entry = entries.find(one => one.container === container && one.key === key);
  if (!entry || entry.value === 'accept') return undefined;
  return entry.value === 'drop' ? 'dropped' : 'rejected';
}
