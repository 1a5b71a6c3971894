import type { Family } from '../../model/ip.ts';
import type { NodeOwner } from '../backend.ts';
import { sharedEntry } from './claim.ts';
import type { Ledger } from './ledger.ts';
import type { ElementDelta, Entry } from './schema.ts';
import type { FoundChain } from './parse.ts';
import type { Chain } from './schema.ts';

/** A part of a difference that must be written in one transaction, and whose it is; undefined: nobody's (any more). */
export interface Unit extends ElementDelta {
  readonly owner: string | undefined;
}

export interface FamilyUnit extends Unit {
  readonly family: Family;
}

const OWNERS_AT_A_TIME = 500;

/** Elements as read, by container: key -> value. */
export type Found = ReadonlyMap<Entry['container'], Map<string, string>>;

/** What of a ledger a comparison asks. */
export interface Compared extends Pick<Ledger, 'owners' | 'winnerOf'> {
  inForce(owner: string): {
    readonly claims: readonly { readonly entries: readonly Entry[] }[];
    readonly shared: readonly string[];
  };
}

export const NODE_OWNER: NodeOwner = 'node';

const NODE_CONTAINERS: ReadonlySet<Entry['container']> = new Set(['pod-cidrs', 'service-cidrs', 'nodeport-ips']);

/**
 * What must be written so that the kernel holds exactly what is in force; found out in steps, between which nothing may change.
 * @param found elements as read, by container; used up by the comparison
 * @returns a unit for each owner with a difference, then those for elements that nobody owns
 */
export function* diffElements(ledger: Compared, found: Found): Generator<void, Unit[]> {
  const units = new Map<string, { owner: string; deletes: Entry[]; adds: Entry[] }>();
  const unitOf = (owner: string): { deletes: Entry[]; adds: Entry[] } => {
    const unit = units.get(owner) ?? { owner, deletes: [], adds: [] };
    units.set(owner, unit);
    return unit;
  };
  const compare = (owner: string, entry: Entry): void => {
    const elements = found.get(entry.container);
    const value = elements?.get(entry.key);
    elements?.delete(entry.key);
    if (value === entry.value) return;
    if (value !== undefined) unitOf(owner).deletes.push({ ...entry, value });
    unitOf(owner).adds.push(entry);
  };
  const compared = new Set<string>();
  let owners = 0;
  for (const owner of ledger.owners()) {
    owners += 1;
    if (owners % OWNERS_AT_A_TIME === 0) yield;
    const { claims, shared } = ledger.inForce(owner);
    for (const { entries } of claims) for (const entry of entries) compare(owner, entry);
    for (const key of shared) {
      if (compared.has(key)) continue;
      compared.add(key);
      compare(owner, sharedEntry(key));
    }
  }
  const nobodys: Entry[] = [];
  for (const [container, elements] of found) {
    for (const [key, value] of elements) {
      const entry = { container, key, value };
      // With the endpoints that its owner has too many: their number and the shape change in one transaction.
      // What the node has no more makes room for what it has: ranges must not overlap, not even for a moment.
      const owner = NODE_CONTAINERS.has(container) ? NODE_OWNER : ledger.winnerOf(claimOf(container, key));
      if (owner === undefined) nobodys.push(entry);
      else unitOf(owner).deletes.push(entry);
    }
  }
  return [...units.values(), ...(nobodys.length ? [{ owner: undefined, deletes: nobodys, adds: [] }] : [])];
}

/**
 * What must be written so that a kernel that holds nothing has all that is in force: a unit for each owner that has something, made as it is
 * asked for.
 */
export function* allElements(ledger: Compared): Generator<Unit> {
  const seen = new Set<string>();
  for (const owner of ledger.owners()) {
    const { claims, shared } = ledger.inForce(owner);
    const adds = claims.flatMap(({ entries }) => entries);
    for (const key of shared) {
      if (seen.has(key)) continue;
      seen.add(key);
      adds.push(sharedEntry(key));
    }
    if (adds.length) yield { owner, deletes: [], adds };
  }
}

/** Of elements that nobody owned, those that still nobody owns: a Service that was refused keeps what it had. */
export const stillNobodys = (ledger: Ledger, entries: readonly Entry[]): Entry[] =>
  entries.filter(entry => !ledger.holds(entry) && ledger.winnerOf(claimOf(entry.container, entry.key)) === undefined);

/**
 * What the kernel has of what several may share, from the differences that were found.
 * @param ledgerOf the ledger that they were found with
 */
export function foundShared(
  units: readonly FamilyUnit[],
  ledgerOf: (family: Family) => Ledger,
): (family: Family, entry: Entry) => boolean {
  const idOf = (family: Family, { container, key }: Entry): string => `${family} ${container} ${key}`;
  const idsOf = (kind: 'adds' | 'deletes'): Set<string> =>
    new Set(units.flatMap(unit => unit[kind].map(entry => idOf(unit.family, entry))));
  const [missing, surplus] = [idsOf('adds'), idsOf('deletes')];
  return (family, entry) => {
    const id = idOf(family, entry);
    return surplus.has(id) || (ledgerOf(family).holds(entry) && !missing.has(id));
  };
}

/** The claim that an element belongs to, from its key; empty for one of a shared container. */
export function claimOf(container: Entry['container'], key: string): string {
  const parts = key.split(' . ');
  // As ipvs/schema.ts makes them.
  if (container === 'virtual-servers' || container === 'real-servers') return `ipvs . ${parts.slice(0, 3).join(' . ')}`;
  if (container.startsWith('endpoints-')) return `${parts[1]} . ${container.slice('endpoints-'.length)} . ${parts[2]}`;
  if (container.startsWith('nodeport-endpoints-'))
    return `${container.slice('nodeport-endpoints-'.length)} . ${parts[1]}`;
  if (container === 'source-ranges') return parts.slice(0, 3).join(' . ');
  return [
    'services',
    'nodeports',
    'unavailable',
    'unavailable-nodeports',
    'firewalled',
    'affinity-services',
    'affinity-nodeports',
  ].includes(container)
    ? key
    : '';
}

export interface ChainDiff {
  /** Chains that are missing, or have other rules or a policy. */
  readonly wrong: readonly Chain[];
  /** Those of them whose type, hook or priority differs, which can only be made anew. */
  readonly replaced: ReadonlySet<string>;
}

/** Which of the wanted chains are not as they should be. */
export function diffChains(wanted: readonly Chain[], found: ReadonlyMap<string, FoundChain>): ChainDiff {
  const wrong: Chain[] = [];
  const replaced = new Set<string>();
  for (const chain of wanted) {
    const is = found.get(chain.name);
    const sameHook = is !== undefined && sameHooks(chain, is);
    if (is && !sameHook) replaced.add(chain.name);
    // A policy can be changed in place.
    if (!sameHook || is.policy !== undefined || !sameRules(chain.rules, is.rules)) wrong.push(chain);
  }
  return { wrong, replaced };
}

const sameRules = (a: readonly string[], b: readonly (string | undefined)[]): boolean =>
  a.length === b.length && a.every((rule, i) => rule === b[i]);

const sameHooks = ({ hook: a }: Pick<Chain, 'hook'>, { hook: b }: Pick<Chain, 'hook'>): boolean =>
  a?.type === b?.type && a?.hook === b?.hook && a?.priority === b?.priority;
