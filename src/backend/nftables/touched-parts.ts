import type { Family } from '../../model/ip.ts';
import { keyText, valueText, type ElementValue } from './element-bytes.ts';
import { containersOf, NFT_FAMILY, type Container, type ContainerName } from './schema.ts';

/** What another program did in one transaction; `TableCommit` of kernel/nfnetlink.ts is one. */
export interface ForeignCommit {
  readonly changes: readonly {
    readonly verb: 'add' | 'delete';
    readonly what: 'table' | 'chain' | 'rule' | 'set' | 'element' | 'object';
    readonly family: string;
    readonly name: string;
  }[];
  readonly elements: readonly {
    readonly verb: 'add' | 'delete';
    readonly family: string;
    readonly name: string;
    readonly key?: Buffer;
    readonly value?: ElementValue;
  }[];
  readonly isPartial: boolean;
  readonly lacksElements: boolean;
}

/** Keys of a container with the value that each was left with; undefined: it was left without an element. */
export type LeftKeys = ReadonlyMap<string, string | undefined>;

/** What of one family's table others have touched. */
export interface TouchedTable {
  /** Its flags. */
  readonly table: boolean;
  readonly chains: ReadonlySet<string>;
  /** Undefined: which of its elements is not known. */
  readonly containers: ReadonlyMap<ContainerName, LeftKeys | undefined>;
}

interface Noted {
  table: boolean;
  readonly chains: Set<string>;
  readonly containers: Map<ContainerName, Map<string, string | undefined> | undefined>;
}

/** More elements of a set or map than this are not told apart: then it is read. */
const MOST_KEYS = 1000;

/** Gathers what other programs have touched since it was last compared. */
export class TouchedParts {
  /** By family; `all` where it is not known what. */
  #noted = new Map<Family, Noted | 'all'>();

  /** Just anything may have been touched. */
  noteAll(): void {
    for (const family of ['ipv4', 'ipv6'] as const) this.#noted.set(family, 'all');
  }

  note(commit: ForeignCommit): void {
    for (const family of ['ipv4', 'ipv6'] as const) {
      const changes = commit.changes.filter(one => one.family === NFT_FAMILY[family]);
      if (!changes.length) continue;
      const noted = this.#noted.get(family) ?? { table: false, chains: new Set(), containers: new Map() };
      if (noted === 'all') continue;
      const isKnown = !commit.isPartial && changes.every(change => noteChange(family, noted, change));
      if (isKnown) noteElements(family, noted, commit);
      this.#noted.set(family, isKnown ? noted : 'all');
    }
  }

  /** @returns what was noted of a family since the last time; `all`: it has to be compared as a whole */
  take(family: Family): TouchedTable | 'all' | undefined {
    const noted = this.#noted.get(family);
    this.#noted.delete(family);
    return noted;
  }
}

/** @returns whether it is known what was touched */
function noteChange(family: Family, noted: Noted, { verb, what, name }: ForeignCommit['changes'][number]): boolean {
  switch (what) {
    case 'table':
      noted.table = true;
      return verb === 'add';
    case 'chain':
    case 'rule':
      noted.chains.add(name);
      return true;
    case 'element':
      return containerOf(family, name) !== undefined;
    case 'set':
    case 'object':
      return false;
  }
}

function noteElements(family: Family, { containers }: Noted, commit: ForeignCommit): void {
  const isOfFamily = (one: { readonly family: string }): boolean => one.family === NFT_FAMILY[family];
  if (commit.lacksElements) {
    for (const { what, name } of commit.changes.filter(isOfFamily)) {
      const container = what === 'element' ? containerOf(family, name) : undefined;
      if (container && !container.dynamic) containers.set(container.name, undefined);
    }
    return;
  }
  for (const { verb, name, key, value } of commit.elements.filter(isOfFamily)) {
    const container = containerOf(family, name);
    if (!container || container.dynamic) continue;
    const keys = containers.has(container.name) ? containers.get(container.name) : new Map<string, undefined>();
    const text = key && keyText(family, container, key);
    if (!keys || text === undefined || keys.size >= MOST_KEYS) containers.set(container.name, undefined);
    else
      containers.set(container.name, keys.set(text, verb === 'add' ? valueText(family, container, value) : undefined));
  }
}

const containerOf = (family: Family, name: string): Container | undefined => byName[family].get(name);

const byName = {
  ipv4: new Map<string, Container>(containersOf('ipv4').map(container => [container.name, container])),
  ipv6: new Map<string, Container>(containersOf('ipv6').map(container => [container.name, container])),
} as const;
