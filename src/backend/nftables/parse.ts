import type { Family } from '../../model/ip.ts';
import { parseAddress } from '../../model/ip.ts';
import { piecesOf } from './listing.ts';
import { ruleText } from './rule-text.ts';
import { ALL_KEYS, containersOf, NFT_FAMILY, TABLE, type Chain, type Container, type ContainerName } from './schema.ts';

/** What the kernel holds in one family's table. */
export interface TableContent {
  /** False where there is no such table. */
  readonly exists: boolean;
  /** Whether somebody has put the table to sleep, so that no packet sees it. Other flags cannot be told: nft 1.0.6 prints garbage. */
  readonly isDormant: boolean;
  /** Elements of the containers that are there and are ours: key -> value, as in `Entry`. */
  readonly elements: ReadonlyMap<ContainerName, Map<string, string>>;
  /** Of counted containers: packets by key, of the elements that had any. */
  readonly counts: ReadonlyMap<ContainerName, ReadonlyMap<string, number>>;
  readonly chains: ReadonlyMap<string, FoundChain>;
  /** Sets and maps that are none of ours: another proxy's, or an older version's. */
  readonly foreignContainers: readonly { readonly kind: 'set' | 'map'; readonly name: string }[];
  /** Sets and maps that have a name of ours and something else in them; nothing can be added to these, or not all deleted. */
  readonly unusable: readonly string[];
}

export interface FoundChain extends Omit<Chain, 'rules'> {
  /** Undefined for a rule that is none of ours. */
  readonly rules: readonly (string | undefined)[];
  /** What becomes of packets that no rule decides on, where that is not accept, which all of our chains have. */
  readonly policy?: string;
}

export const EMPTY_TABLE: TableContent = {
  exists: false,
  isDormant: false,
  elements: new Map(),
  counts: new Map(),
  chains: new Map(),
  foreignContainers: [],
  unusable: [],
};

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads what `nft -j list table <family> kube-proxy` printed, or of more tables, in steps: the caller may do something else in between.
 * @throws Error where that is no such listing.
 */
export function* parseTableSteps(family: Family, listing: string): Generator<void, TableContent> {
  const known = new Map(containersOf(family).map(container => [container.name as string, container]));
  const elements = new Map<ContainerName, Map<string, string>>();
  const counts = new Map<ContainerName, ReadonlyMap<string, number>>();
  const chains = new Map<string, FoundChain & { rules: (string | undefined)[] }>();
  const foreignContainers: { kind: 'set' | 'map'; name: string }[] = [];
  const unusable: string[] = [];
  let exists = false;
  let isDormant = false;
  let pending = noElements();
  for (const piece of piecesOf(listing)) {
    yield;
    if (piece.kind === 'elements') {
      addElements(pending, piece.elements);
      continue;
    }
    const [kind] = Object.keys(piece.object);
    const body = piece.object[kind ?? ''] as Json;
    const own = pending;
    pending = noElements();
    if (body['family'] !== NFT_FAMILY[family] || (kind !== 'table' && body['table'] !== TABLE)) continue;
    const name = String(body['name']);
    if (kind === 'table') {
      if (name !== TABLE) continue;
      exists = true;
      isDormant = flagsOf(body).length > 0;
    } else if (kind === 'set' || kind === 'map') {
      const container = known.get(name);
      if (!container) foreignContainers.push({ kind, name });
      else if (container.kind !== kind || !fits(container, body) || isStuck(container, own)) unusable.push(name);
      else {
        elements.set(container.name, container.dynamic ? new Map() : own.values);
        if (container.counted) counts.set(container.name, own.packets);
      }
    } else if (kind === 'chain') chains.set(name, { name, ...hookOf(body), rules: [] });
    else if (kind === 'rule') chains.get(String(body['chain']))?.rules.push(ruleText(body['expr']));
  }
  return { exists, isDormant, elements, counts, chains, foreignContainers, unusable };
}

/** The same at once. */
export function parseTable(family: Family, listing: string): TableContent {
  const steps = parseTableSteps(family, listing);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** Reads the elements that `nft -j list map` printed of one of our maps, dynamic ones included. */
export function parseMap(listing: string): ReadonlyMap<string, string> {
  const found = noElements();
  for (const piece of piecesOf(listing)) if (piece.kind === 'elements') addElements(found, piece.elements);
  return found.values;
}

/** Reads what `nft -j list map` printed of a counted map: packets by key, of the elements that had any. In steps, as above. */
export function* parseCountsSteps(listing: string): Generator<void, ReadonlyMap<string, number>> {
  const found = noElements();
  for (const piece of piecesOf(listing)) {
    if (piece.kind === 'elements') addElements(found, piece.elements);
    yield;
  }
  return found.packets;
}

function hookOf(body: Json): Pick<FoundChain, 'hook' | 'policy'> {
  if (body['hook'] === undefined) return {};
  const {
    type,
    hook,
    prio,
    policy = 'accept',
  } = body as {
    readonly type: 'nat' | 'filter';
    readonly hook: string;
    readonly prio: number;
    readonly policy?: string;
  };
  return { hook: { type, hook, priority: prio }, ...(policy !== 'accept' && { policy }) };
}

/** nft writes a single flag without a list. */
const flagsOf = (body: Json): readonly unknown[] => [body['flags'] ?? []].flat();

/** Whether the number of key parts, the kind of value and the interval flag are as declared. */
function fits({ key, value, interval }: Container, body: Json): boolean {
  const type = body['type'];
  const typeOf = isObject(type) ? type['typeof'] : type;
  const parts = isObject(typeOf) && Array.isArray(typeOf['concat']) ? typeOf['concat'] : typeOf;
  if ((Array.isArray(parts) ? parts.length : 1) !== key.length) return false;
  if (value !== undefined && (body['map'] === 'verdict') !== (value === 'verdict')) return false;
  return flagsOf(body).includes('interval') === (interval ?? false);
}

/** nft 1.0.6 ends by a signal when it is to delete the element that stands for all keys from ranges. */
const isStuck = ({ key, interval }: Container, { values }: FoundElements): boolean =>
  interval === true && key.length === 1 && values.has(ALL_KEYS);

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

interface FoundElements {
  /** Key -> value. */
  readonly values: Map<string, string>;
  /** Key -> packets, where there were any. */
  readonly packets: Map<string, number>;
}

const noElements = (): FoundElements => ({ values: new Map(), packets: new Map() });

/** An element of a map is a pair, one of a set is no array. */
function addElements({ values, packets }: FoundElements, listed: readonly unknown[]): void {
  for (const element of listed) {
    const [wrapped, value] = (Array.isArray(element) ? element : [element]) as [unknown, unknown];
    const key = keyText(wrapped);
    values.set(key, value === undefined ? '' : valueText(value));
    const count = packetsOf(wrapped);
    if (count) packets.set(key, count);
  }
}

function packetsOf(key: unknown): number | undefined {
  const counter = isObject(key) && isObject(key['elem']) ? key['elem']['counter'] : undefined;
  const packets = isObject(counter) ? counter['packets'] : undefined;
  return typeof packets === 'number' ? packets : undefined;
}

/** Unwraps what nft puts around a key that carries a counter, a comment or a timeout. */
function keyText(key: unknown): string {
  if (isObject(key) && isObject(key['elem'])) return partsText(key['elem']['val']);
  return partsText(key);
}

function partsText(value: unknown): string {
  if (isObject(value) && Array.isArray(value['concat'])) return value['concat'].map(partText).join(' . ');
  return partText(value);
}

function partText(value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return canonical(value);
  if (isObject(value) && isObject(value['prefix'])) {
    return `${canonical(String(value['prefix']['addr']))}/${String(value['prefix']['len'])}`;
  }
  // A range of all addresses is how some versions print the zero prefix; any other range is none of ours, and encode.ts knows it by `{`.
  if (isObject(value) && Array.isArray(value['range'])) {
    const [from, to] = value['range'] as unknown[];
    if (from === '0.0.0.0' && to === '255.255.255.255') return '0.0.0.0/0';
    if (from === '::' && to === 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff') return '::/0';
  }
  return JSON.stringify(value);
}

/** IPv6 text differs between C libraries where an address ends in an IPv4 one. */
const canonical = (text: string): string => (text.includes(':') ? (parseAddress(text)?.text ?? text) : text);

function valueText(value: unknown): string {
  if (!isObject(value)) return partText(value);
  if ('goto' in value && isObject(value['goto'])) return `goto ${String(value['goto']['target'])}`;
  if ('jump' in value && isObject(value['jump'])) return `jump ${String(value['jump']['target'])}`;
  if ('drop' in value) return 'drop';
  if ('accept' in value) return 'accept';
  if ('return' in value) return 'return';
  return partsText(value);
}
