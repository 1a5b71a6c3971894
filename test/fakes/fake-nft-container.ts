// Sets and maps of the fake kernel: what their declaration says, which elements they take, and how nft 1.1.3 lists them.

import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { FakeElement } from './fake-nft-commands.ts';
import { joined, keyExpressions } from './fake-nft-expressions.ts';

/** Why the kernel does not take a command, in its words. */
export class Refused extends Error {}

type Part = 'number' | 'ipv4_addr' | 'ipv6_addr' | 'inet_proto';

/** What a declaration says. */
interface Declaration {
  readonly kind: 'set' | 'map';
  /** To tell a repetition from another declaration. */
  readonly body: string;
  readonly typeOf: readonly Readonly<Record<string, unknown>>[];
  readonly key: readonly Part[];
  readonly value: 'verdict' | readonly Part[] | undefined;
  readonly flags: readonly string[];
  readonly size: number | undefined;
  readonly counter: boolean;
}

function typesOf(value: readonly Part[]): string | readonly string[] {
  const [type = '', ...more] = value.map(part => (part === 'number' ? 'inet_service' : part));
  return more.length ? [type, ...more] : type;
}

export class FakeContainer {
  readonly declaration: Declaration;
  readonly elements: Map<string, string>;
  /** What the counters of elements show that were looked up. */
  readonly #packets: Map<string, number>;

  constructor(
    declaration: Declaration,
    elements: Iterable<FakeElement> = [],
    packets: Iterable<readonly [string, number]> = [],
  ) {
    this.declaration = declaration;
    this.elements = new Map(elements);
    this.#packets = new Map(packets);
  }

  clone(): FakeContainer {
    return new FakeContainer(this.declaration, this.elements, this.#packets);
  }

  /** So many packets are looked up, and find the element. */
  lookUp(key: string, packets = 1): void {
    if (!this.elements.has(key)) throw new Error(`no such element: ${key}`);
    if (this.declaration.counter) this.#packets.set(key, (this.#packets.get(key) ?? 0) + packets);
  }

  get isInterval(): boolean {
    return this.declaration.flags.includes('interval');
  }

  /** @throws Refused */
  add([key, value]: FakeElement): void {
    const { key: parts, value: to } = this.declaration;
    checkParts(parts, key);
    if (to !== undefined && to !== 'verdict') checkParts(to, value);
    const before = this.elements.get(key);
    if (before !== undefined && before !== value) throw new Refused('File exists');
    if (before === undefined && this.isInterval) this.#checkOverlap(key);
    this.elements.set(key, value);
  }

  /** @throws Refused */
  delete(key: string): void {
    checkParts(this.declaration.key, key);
    if (!this.elements.delete(key)) throw new Refused(MISSING);
    this.#packets.delete(key);
  }

  #checkOverlap(key: string): void {
    const isConcatenated = this.declaration.key.length > 1;
    const [prefix, [from, to]] = [key.slice(0, key.lastIndexOf(' ')), rangeOf(key)];
    for (const other of this.elements.keys()) {
      if (isConcatenated && other.slice(0, other.lastIndexOf(' ')) !== prefix) continue;
      const [otherFrom, otherTo] = rangeOf(other);
      const holds = (one: bigint): boolean => otherFrom <= one && one <= otherTo;
      // The kernel looks up both ends of a concatenated range: it does not see that the new one is around an old one.
      const surrounds = !isConcatenated && from <= otherFrom && otherTo <= to;
      if (holds(from) || holds(to) || surrounds)
        throw new Refused(isConcatenated ? 'File exists' : 'interval overlaps with an existing one');
    }
  }

  /** As `nft -j` lists it. */
  listing(family: string, table: string, name: string): object {
    const { kind, typeOf, value, flags, size, counter } = this.declaration;
    const elem = [...this.elements].map(element => this.#listed(element));
    return {
      [kind]: {
        family,
        name,
        table,
        type: { typeof: joined(typeOf) },
        handle: 0,
        ...(value && { map: value === 'verdict' ? value : typesOf(value) }),
        ...(size !== undefined && { size }),
        ...(flags.length && { flags }),
        ...(elem.length && { elem }),
        ...(counter && { stmt: [{ counter: null }] }),
      },
    };
  }

  #listed([key, value]: FakeElement): unknown {
    const { key: parts, value: to, counter, flags } = this.declaration;
    const val = listedParts(parts, key);
    const packets = this.#packets.get(key) ?? 0;
    const extra = counter
      ? { counter: { packets, bytes: 60 * packets } }
      : flags.includes('timeout')
        ? { timeout: 10_800, expires: 10_799 }
        : undefined;
    const listedKey = extra ? { elem: { val, ...extra } } : val;
    if (to === undefined) return listedKey;
    return [listedKey, to === 'verdict' ? listedVerdict(value) : listedParts(to, value)];
  }
}

/** What nft says of an element, set or chain that is not there. */
export const MISSING = 'No such file or directory';

/** Reads `typeof KEY [: VALUE]; flags a,b; size n; counter;`. */
export function declarationOf(kind: 'set' | 'map', body: string): Declaration {
  const [type = '', ...more] = body.split(';').map(clause => clause.trim());
  const [keyText = '', valueText] = type.replace(/^typeof /, '').split(' : ');
  const typeOf = keyExpressions(keyText);
  const clause = (name: string): string | undefined => more.find(one => one.startsWith(name))?.slice(name.length + 1);
  const value = valueText === undefined || valueText === 'verdict' ? valueText : keyExpressions(valueText).map(partOf);
  const flags = clause('flags')?.split(',') ?? [];
  const size = clause('size');
  return {
    kind,
    body,
    typeOf,
    key: typeOf.map(partOf),
    value,
    // nft lists them in the order of their bits.
    flags: ['interval', 'timeout', 'dynamic'].filter(flag => flags.includes(flag)),
    size: size === undefined ? undefined : Number(size),
    counter: more.includes('counter'),
  };
}

function partOf(expression: Readonly<Record<string, unknown>>): Part {
  const { payload } = expression as { readonly payload?: { readonly protocol: string; readonly field: string } };
  if (payload && payload.field !== 'dport') return payload.protocol === 'ip' ? 'ipv4_addr' : 'ipv6_addr';
  return 'meta' in expression ? 'inet_proto' : 'number';
}

function checkParts(parts: readonly Part[], text: string): void {
  const values = text.split(' . ');
  if (values.length !== parts.length) throw new Refused('Basetype of type mismatch');
  for (const [i, part] of parts.entries()) {
    const [address = ''] = values[i]!.split('/');
    if (part === 'ipv4_addr' && isIP(address) !== 4) throw new Refused('Could not resolve hostname');
    if (part === 'ipv6_addr' && isIP(address) !== 6) throw new Refused('Could not resolve hostname');
    if (part === 'number' && !/^\d+$/.test(values[i]!)) throw new Refused('Could not resolve service');
  }
}

const listedParts = (parts: readonly Part[], text: string): unknown => {
  const values = text.split(' . ').map((value, i) => listedPart(parts[i]!, value));
  return values.length === 1 ? values[0] : { concat: values };
};

function listedPart(part: Part, value: string): unknown {
  if (part === 'number') return Number(value);
  const [addr, length] = value.split('/');
  return length === undefined ? value : { prefix: { addr, len: Number(length) } };
}

function listedVerdict(verdict: string): object {
  const [verb = '', target] = verdict.split(' ');
  return { [verb]: target === undefined ? null : { target } };
}

const ranges = new Map<string, readonly [bigint, bigint]>();

/** First and last address of the CIDR that a key ends with. */
function rangeOf(key: string): readonly [bigint, bigint] {
  const text = key.slice(key.lastIndexOf(' ') + 1);
  const known = ranges.get(text);
  if (known) return known;
  const [address = '', length] = text.split('/');
  const bytes = ipaddr.parse(address).toByteArray();
  const first = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  const free = BigInt(bytes.length * 8 - Number(length ?? bytes.length * 8));
  const range = [first, first + 2n ** free - 1n] as const;
  ranges.set(text, range);
  return range;
}
