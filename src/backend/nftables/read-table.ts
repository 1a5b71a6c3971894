import type { DumpedElement, ElementVisitor } from '../../kernel/element-messages.ts';
import type { Nft } from '../../kernel/nft.ts';
import type { SetsToRead } from '../../kernel/set-dump.ts';
import type { Family } from '../../model/ip.ts';
import { keyText, OTHER, valueText } from './element-bytes.ts';
import { inSteps } from './in-steps.ts';
import { EMPTY_TABLE, parseTableSteps, type TableContent } from './parse.ts';
import { containersOf, NFT_FAMILY, TABLE, type Container, type ContainerName } from './schema.ts';

/** Reads elements without nft: `dumpSets` of kernel/set-dump.ts. */
export type DumpSets = (what: SetsToRead, visitor: ElementVisitor) => Promise<void>;

/** The elements of a set or map. */
interface FoundElements {
  readonly values: Map<string, string>;
  /** By key, where there were any. */
  readonly packets: Map<string, number>;
}

/**
 * Reads a table: its frame by nft, its elements from the kernel, which takes a twentieth of nft's time and memory.
 * @throws Error where that can't be done
 */
export async function readTable(nft: Nft, dump: DumpSets, family: Family): Promise<TableContent> {
  const frame = await readFrame(nft, family);
  if (!frame.exists) return EMPTY_TABLE;
  const containers = containersOf(family).filter(({ name, dynamic }) => frame.elements.has(name) && !dynamic);
  const found = await readContainers(nft, dump, family, containers);
  const elements = new Map(frame.elements);
  const counts = new Map(frame.counts);
  for (const { name, counted } of containers) {
    const { values, packets } = found.get(name)!;
    elements.set(name, values);
    if (counted) counts.set(name, packets);
  }
  return { ...frame, elements, counts };
}

/** Reads a table without elements. @throws Error where that can't be done */
export const readFrame = async (nft: Nft, family: Family): Promise<TableContent> =>
  inSteps(parseTableSteps(family, await nft.listFrames(NFT_FAMILY[family])));

/** The same as {@link readTable} of some sets and maps, which have to be there as they were declared. @throws Error */
export async function readContainers(
  nft: Nft,
  dump: DumpSets,
  family: Family,
  containers: readonly Container[],
): Promise<ReadonlyMap<ContainerName, FoundElements>> {
  const gathering = new Gathering(family, containers);
  const sets = containers.map(({ name }) => name);
  await dump({ family: NFT_FAMILY[family], table: TABLE, sets }, gathering);
  // What is not spelt as ours are, and ranges, nft spells out.
  for (const { name, kind } of gathering.strange) {
    const listing = await nft.listContainer(NFT_FAMILY[family], TABLE, kind, name);
    const content = listing === undefined ? undefined : await inSteps(parseTableSteps(family, listing));
    const values = content?.elements.get(name);
    if (!values) throw new Error(`${name} is not as it was declared, or gone`);
    gathering.found.set(name, { values, packets: new Map(content?.counts.get(name)) });
  }
  return gathering.found;
}

class Gathering implements ElementVisitor {
  readonly found = new Map<ContainerName, FoundElements>();
  /** Those that have an element whose text is not known here. */
  readonly strange = new Set<Container>();
  readonly #family: Family;
  readonly #containers: ReadonlyMap<string, Container>;
  #container: Container | undefined;
  #values = new Map<string, string>();
  #packets = new Map<string, number>();

  constructor(family: Family, containers: readonly Container[]) {
    this.#family = family;
    this.#containers = new Map(containers.map(container => [container.name, container]));
  }

  begin(set: string): void {
    this.#container = this.#containers.get(set);
    if (!this.#container) return;
    this.#values = new Map();
    this.#packets = new Map();
    this.strange.delete(this.#container);
    this.found.set(this.#container.name, { values: this.#values, packets: this.#packets });
  }

  element({ key, value, packets }: DumpedElement): void {
    const container = this.#container;
    if (!container || this.strange.has(container)) return;
    const text = key && keyText(this.#family, container, key);
    const valued = valueText(this.#family, container, value);
    if (text === undefined || valued === OTHER) {
      this.strange.add(container);
      return;
    }
    this.#values.set(text, valued);
    if (packets) this.#packets.set(text, packets);
  }
}
