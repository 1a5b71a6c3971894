// The kernel's answer to who asks for the elements of sets and maps, as netlink messages: include/uapi/linux/netlink.h and
// netfilter/nf_tables.h. There can be 100,000 elements: nothing is built here that is not handed on.

/** What a map has for a key: bytes, or a verdict. */
export type ElementValue = Buffer | { readonly code: number; readonly chain: string };

/** An element as the kernel has it: the parts of a key, or of a value, each fill up four bytes. */
export interface DumpedElement {
  /** Undefined for the element that stands for all keys. */
  readonly key: Buffer | undefined;
  /** Of a map's. */
  readonly value: ElementValue | undefined;
  /** That its counter counted; 0 where it has none. */
  readonly packets: number;
}

/** Takes what is read. */
export interface ElementVisitor {
  /** The elements that follow are those of this set or map; what came of it before does not count. */
  readonly begin: (set: string) => void;
  readonly element: (element: DumpedElement) => void;
}

const HEADER = 16;
/** nfgenmsg: family, version, resource. */
const GENERIC = 4;
const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
const NLM_F_DUMP_INTR = 0x10;
/** NFT_MSG_NEWSETELEM of NFNL_SUBSYS_NFTABLES. */
const NEW_ELEMENTS = (10 << 8) | 12;
const LONGEST = 1 << 20;
const ATTRIBUTE_TYPE = 0x3fff;

/** NFTA_SET_ELEM_LIST_ELEMENTS, and what is in it. */
const ELEMENTS = 3;
const ELEMENT = { key: 1, value: 2, expression: 7 } as const;
/** NFTA_DATA_* and NFTA_VERDICT_*. */
const DATA = { value: 1, verdict: 2 } as const;
const VERDICT = { code: 1, chain: 2 } as const;
/** NFTA_EXPR_DATA, and in it NFTA_COUNTER_PACKETS. */
const EXPRESSION_DATA = 2;
const COUNTER_PACKETS = 2;

/** Reads the answers for a list of sets, in their order, however the stream of them is cut. */
export class ElementMessages {
  readonly #sets: readonly string[];
  readonly #visitor: ElementVisitor;
  #rest: Buffer = Buffer.alloc(0);
  #index = 0;
  #hasBegun = false;
  #isInterrupted = false;

  constructor(sets: readonly string[], visitor: ElementVisitor) {
    this.#sets = sets;
    this.#visitor = visitor;
  }

  /** Whether all sets have been read, each as of one moment. */
  get isComplete(): boolean {
    return this.#index === this.#sets.length;
  }

  /** @throws Error where the kernel refuses, or where that is no such answer */
  push(bytes: Buffer): void {
    const data = this.#rest.length ? Buffer.concat([this.#rest, bytes]) : bytes;
    let at = 0;
    while (at + HEADER <= data.length) {
      const length = data.readUInt32LE(at);
      if (length < HEADER || length > LONGEST) throw new Error(`no netlink message: its length is ${length}`);
      if (at + align(length) > data.length) break;
      this.#read(data, at, at + length);
      at += align(length);
    }
    this.#rest = Buffer.from(data.subarray(at));
  }

  #read(data: Buffer, at: number, end: number): void {
    const set = this.#sets[this.#index];
    if (set === undefined) throw new Error('an answer that nobody has asked for');
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      this.#isInterrupted = false;
      this.#visitor.begin(set);
    }
    const type = data.readUInt16LE(at + 4);
    if (data.readUInt16LE(at + 6) & NLM_F_DUMP_INTR) this.#isInterrupted = true;
    if (type === NEW_ELEMENTS) {
      this.#elements(data, at + HEADER + GENERIC, end);
      return;
    }
    if (type !== NLMSG_ERROR && type !== NLMSG_DONE) throw new Error(`a message of type ${type} for ${set}`);
    const error = end >= at + HEADER + 4 ? data.readInt32LE(at + HEADER) : 0;
    if (error || type === NLMSG_ERROR) throw new Error(`the kernel does not list ${set}: error ${-error}`);
    this.#hasBegun = false;
    // Then it is asked once more.
    if (!this.#isInterrupted) this.#index += 1;
  }

  #elements(data: Buffer, from: number, end: number): void {
    const list = find(data, from, end, ELEMENTS);
    if (list < 0) return;
    const listEnd = list + data.readUInt16LE(list);
    for (let at = list + 4; at + 4 <= listEnd;) {
      const next = at + data.readUInt16LE(at);
      if (next < at + 4) break;
      const key = valueOf(data, find(data, at + 4, next, ELEMENT.key));
      this.#visitor.element({
        key: key instanceof Buffer ? key : undefined,
        value: valueOf(data, find(data, at + 4, next, ELEMENT.value)),
        packets: packetsOf(data, find(data, at + 4, next, ELEMENT.expression)),
      });
      at = align(next);
    }
  }
}

const align = (length: number): number => (length + 3) & ~3;

/** @returns where the attribute of this type begins, or -1 */
function find(data: Buffer, from: number, end: number, type: number): number {
  for (let at = from; at >= 0 && at + 4 <= end;) {
    const length = data.readUInt16LE(at);
    if (length < 4) return -1;
    if ((data.readUInt16LE(at + 2) & ATTRIBUTE_TYPE) === type) return at;
    at += align(length);
  }
  return -1;
}

/** The same within an attribute. */
const findIn = (data: Buffer, at: number, type: number): number =>
  at < 0 ? -1 : find(data, at + 4, at + data.readUInt16LE(at), type);

/** @param at of an attribute that has an NFTA_DATA_* in it, or -1 */
function valueOf(data: Buffer, at: number): ElementValue | undefined {
  const value = findIn(data, at, DATA.value);
  if (value >= 0) return data.subarray(value + 4, value + data.readUInt16LE(value));
  const verdict = findIn(data, at, DATA.verdict);
  if (verdict < 0) return undefined;
  const [code, chain] = [findIn(data, verdict, VERDICT.code), findIn(data, verdict, VERDICT.chain)];
  return {
    code: code < 0 ? 0 : data.readInt32BE(code + 4),
    // Without the zero at its end.
    chain: chain < 0 ? '' : data.toString('latin1', chain + 4, chain + data.readUInt16LE(chain) - 1),
  };
}

/** @param at of an attribute that has an expression in it, or -1 */
function packetsOf(data: Buffer, at: number): number {
  const packets = findIn(data, findIn(data, at, EXPRESSION_DATA), COUNTER_PACKETS);
  return packets < 0 ? 0 : Number(data.readBigUInt64BE(packets + 4));
}
