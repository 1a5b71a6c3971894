// What the kernel tells of changes of nftables, as netlink messages: include/uapi/linux/netlink.h, netfilter/nfnetlink.h and
// netfilter/nf_tables.h. Only what says which table was touched, in what, and by whom. Numbers of headers and attributes are in the order
// of the machine (little-endian on all that we run on); those inside of nf_tables' attributes are big-endian.

import type { Author } from './own-processes.ts';

/** One thing that a transaction did. */
export interface TableChange {
  readonly verb: 'add' | 'delete';
  readonly what: 'table' | 'chain' | 'rule' | 'set' | 'element' | 'object';
  readonly family: 'ip' | 'ip6' | 'other';
  readonly table: string;
  /** Of the chain, set or map; that of a rule's chain, of an element's set. */
  readonly name: string;
}

/** What became of an element of a set or map, as bytes of the kernel: parts of a key or value each fill up four. */
export interface ToldElement {
  readonly verb: TableChange['verb'];
  readonly family: TableChange['family'];
  /** The set or map. */
  readonly name: string;
  /** Not set for the element that stands for all keys. */
  readonly key?: Buffer;
  /** Of a map's. */
  readonly value?: Buffer | { readonly code: number; readonly chain: string };
}

export interface TableCommit extends Author {
  /** In tables of the name that is watched. */
  readonly changes: readonly TableChange[];
  /** The elements among them, in the order of the transaction. */
  readonly elements: readonly ToldElement[];
  /** There were more than the kernel's messages, or ours, have room for: just anything may be missing. */
  readonly isPartial: boolean;
  /** Some elements are missing; but of sets and maps only of which there is a change. */
  readonly lacksElements: boolean;
}

export type TableMessage =
  | { readonly kind: 'commit'; readonly commit: TableCommit }
  /** From now on all is told. */
  | { readonly kind: 'ready' }
  /** Something was lost. */
  | { readonly kind: 'overrun' };

const HEADER = 16;
/** nfgenmsg: family, version, resource. */
const GENERIC = 4;
const NLMSG_NOOP = 1;
const NLMSG_OVERRUN = 4;
const SUBSYSTEM_NFTABLES = 10;
const NEW_GENERATION = 15;
const ATTRIBUTE_TYPE = 0x3fff;

/** NFT_MSG_*, in pairs of NEW and DEL. */
const KINDS: Readonly<Record<number, readonly [TableChange['verb'], TableChange['what']]>> = {
  0: ['add', 'table'],
  2: ['delete', 'table'],
  3: ['add', 'chain'],
  5: ['delete', 'chain'],
  6: ['add', 'rule'],
  8: ['delete', 'rule'],
  9: ['add', 'set'],
  11: ['delete', 'set'],
  12: ['add', 'element'],
  14: ['delete', 'element'],
  18: ['add', 'object'],
  20: ['delete', 'object'],
  22: ['add', 'object'],
  24: ['delete', 'object'],
};

const FAMILIES: Readonly<Record<number, TableChange['family']>> = { 2: 'ip', 10: 'ip6' };

/** The flags on a message of our own making that says that some of a transaction were left out (netlink-relay.ts). */
const LEFT_OUT = { anything: 1, elements: 2 } as const;

/** No message of the kernel is longer; a stream that says so is none. */
const LONGEST = 1 << 20;

/** Reads a stream of netlink messages, however it is cut, and puts together what belongs to one transaction. */
export class TableMessages {
  readonly #table: string;
  #rest: Buffer = Buffer.alloc(0);
  #changes: TableChange[] = [];
  #elements: ToldElement[] = [];
  #isPartial = false;
  #lacksElements = false;

  /** @param table the name of the tables that count, in any family */
  constructor(table: string) {
    this.#table = table;
  }

  /** @throws Error where that is no such stream */
  push(bytes: Buffer): TableMessage[] {
    const data = this.#rest.length ? Buffer.concat([this.#rest, bytes]) : bytes;
    const found: TableMessage[] = [];
    let at = 0;
    while (at + HEADER <= data.length) {
      const length = data.readUInt32LE(at);
      if (length < HEADER || length > LONGEST) throw new Error(`no netlink message: its length is ${length}`);
      const end = at + align(length);
      if (end > data.length) break;
      const message = this.#read(data.subarray(at, at + length));
      if (message) found.push(message);
      at = end;
    }
    // A copy: what was handed over may be of a large block.
    this.#rest = Buffer.from(data.subarray(at));
    return found;
  }

  #read(message: Buffer): TableMessage | undefined {
    const type = message.readUInt16LE(4);
    if (type === NLMSG_NOOP) {
      const flag = message.readUInt16LE(6);
      if (flag === 0) return { kind: 'ready' };
      this.#lacksElements = true;
      if (flag !== LEFT_OUT.elements) this.#isPartial = true;
      return undefined;
    }
    if (type === NLMSG_OVERRUN) {
      this.#take();
      return { kind: 'overrun' };
    }
    if (type >> 8 !== SUBSYSTEM_NFTABLES || message.length < HEADER + GENERIC) return undefined;
    if ((type & 0xff) === NEW_GENERATION) {
      return { kind: 'commit', commit: { ...authorOf(message), ...this.#take() } };
    }
    this.#note(type & 0xff, message);
    return undefined;
  }

  #note(kind: number, message: Buffer): void {
    const told = KINDS[kind];
    if (!told) return;
    const [verb, what] = told;
    const attributes = attributesOf(message);
    // NFTA_*_TABLE is the first attribute in all of them, and the name of what it is in the second, or third.
    const table = textOf(attributes.get(1));
    if (table !== this.#table) return;
    const name = what === 'table' ? '' : textOf(attributes.get(what === 'chain' ? 3 : 2));
    const family = FAMILIES[message.readUInt8(HEADER)] ?? 'other';
    const same = this.#changes.find(
      one => one.verb === verb && one.what === what && one.name === name && one.family === family,
    );
    if (!same) this.#changes.push({ verb, what, family, table, name });
    if (what === 'element')
      for (const element of elementsIn(attributes)) this.#elements.push({ verb, family, name, ...element });
  }

  #take(): Omit<TableCommit, keyof Author> {
    const taken = {
      changes: this.#changes,
      elements: this.#elements,
      isPartial: this.#isPartial,
      lacksElements: this.#lacksElements,
    };
    this.#changes = [];
    this.#elements = [];
    this.#isPartial = false;
    this.#lacksElements = false;
    return taken;
  }
}

const align = (length: number): number => (length + 3) & ~3;

/** NFTA_GEN_PROC_PID and NFTA_GEN_PROC_NAME, since kernel 4.15. */
function authorOf(message: Buffer): Author {
  const attributes = attributesOf(message);
  const pid = attributes.get(2);
  return { pid: pid && pid.length >= 4 ? pid.readUInt32BE(0) : 0, program: textOf(attributes.get(3)) };
}

const attributesOf = (message: Buffer): ReadonlyMap<number, Buffer> =>
  new Map(attributesIn(message.subarray(HEADER + GENERIC)));

const NOTHING = Buffer.alloc(0);

/** Attributes that follow each other, by type. */
function* attributesIn(bytes: Buffer = NOTHING): Generator<readonly [type: number, value: Buffer]> {
  for (let at = 0; at + 4 <= bytes.length;) {
    const length = bytes.readUInt16LE(at);
    if (length < 4) break;
    yield [bytes.readUInt16LE(at + 2) & ATTRIBUTE_TYPE, bytes.subarray(at + 4, at + length)];
    at += align(length);
  }
}

/** NFTA_SET_ELEM_LIST_ELEMENTS; of each NFTA_SET_ELEM_KEY and NFTA_SET_ELEM_DATA. */
function* elementsIn(attributes: ReadonlyMap<number, Buffer>): Generator<Pick<ToldElement, 'key' | 'value'>> {
  for (const [, element] of attributesIn(attributes.get(3))) {
    const parts = new Map(attributesIn(element));
    const key = dataOf(parts.get(1));
    const value = dataOf(parts.get(2));
    yield { ...(Buffer.isBuffer(key) && { key }), ...(value && { value }) };
  }
}

/** NFTA_DATA_VALUE, or NFTA_DATA_VERDICT with its NFTA_VERDICT_CODE and NFTA_VERDICT_CHAIN. */
function dataOf(nested: Buffer | undefined): ToldElement['value'] {
  const data = new Map(attributesIn(nested));
  const verdict = data.get(2);
  if (!verdict) return data.get(1);
  const parts = new Map(attributesIn(verdict));
  const code = parts.get(1);
  return { code: code && code.length >= 4 ? code.readInt32BE(0) : 0, chain: textOf(parts.get(2)) };
}

/** Without the zero at its end. */
const textOf = (bytes: Buffer | undefined): string => (bytes ? bytes.toString('utf8').replace(/\0.*$/s, '') : '');
