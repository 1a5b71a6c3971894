import { sharedKey, type Claim, type CompiledService } from './claim.ts';
import { shapeOfVerdict } from './desired-table.ts';
import { claimOf, NODE_OWNER, type Unit } from './diff.ts';
import type { Ledger } from './ledger.ts';
import { REJECT_CHAIN, type Entry } from './schema.ts';

/** What is known about an owner whose change the kernel refused. */
export interface RefusedOwner {
  readonly owner: string;
  /** What was to be written of it, and was not. */
  readonly unit: Pick<Unit, 'adds' | 'deletes'>;
  /** What it had before this change, if this process has written that. */
  readonly before: CompiledService | undefined;
  /** This process does not know yet whose the kernel's elements are. */
  readonly isFirst: boolean;
  /** Whether the kernel has a shared entry, whoever wants it. */
  readonly isFound: (shared: Entry) => boolean;
}

/**
 * What an owner has in force after the kernel refused its change (docs/adr/0007). Of each virtual server that it wants, the first of these:
 * what is wanted, where the kernel has that already; what it had before; what the kernel was found to hold, unless that is another's;
 * nothing, so that the next claimant gets it. What it had and does not want any more it keeps until another one wants that.
 */
export function keptByRefused(ledger: Ledger, refused: RefusedOwner): CompiledService {
  const { owner, unit, before, isFirst } = refused;
  const wanted = ledger.holding(owner)?.compiled ?? { claims: [], shared: [] };
  const missing = byClaim(unit.adds);
  const surplus = byClaim(unit.deletes);
  const last = new Map(before?.claims.map(claim => [claim.id, claim]));
  const claims: Claim[] = [];
  const found: Entry[] = [];
  for (const claim of wanted.claims) {
    const { id } = claim;
    const held = (): Entry[] => [...without(claim.entries, missing.get(id) ?? []), ...(surplus.get(id) ?? [])];
    const isWon = ledger.winnerOf(id) === owner;
    const holder = isWon ? holderOf(ledger, id, held, isFirst) : undefined;
    const isOwn = holder === owner;
    // What it would have taken from another one stays where it is.
    if (!isOwn && ledger.claimantsOf(id).some(one => one.owner === holder)) continue;
    if (isOwn && !missing.has(id) && !surplus.has(id)) claims.push(claim);
    else if (last.has(id)) claims.push(withEntries(claim, last.get(id)!.entries));
    else if (isOwn) {
      const entries = held();
      if (!entries.length || !entries.every(isOurs)) continue;
      claims.push(withEntries(claim, entries));
      found.push(...entries);
    }
  }
  // What it does not want any more is better than nothing, until somebody else wants it.
  for (const claim of last.values())
    if (ledger.winnerOf(claim.id) === undefined)
      claims.push({ ...withEntries(claim, claim.entries), isLeftover: true });
  return { claims, shared: keptShared(wanted.shared, found, refused) };
}

const withEntries = ({ id, port }: Claim, entries: readonly Entry[]): Claim => ({ id, ...(port && { port }), entries });

/**
 * Who has a virtual server in the kernel: the last one who was known to; at the start the claimant that its elements resemble most, in
 * doubt the most senior.
 */
function holderOf(ledger: Ledger, id: string, held: () => readonly Entry[], isFirst: boolean): string | undefined {
  if (!isFirst) return ledger.lastWinnerOf(id);
  const claimants = ledger.claimantsOf(id);
  const entries = held();
  let best: { readonly owner: string; readonly likeness: number } | undefined;
  for (const { owner, claim } of claimants) {
    const likeness = likenessOf(entries, claim.entries);
    if (!best || likeness > best.likeness) best = { owner, likeness };
  }
  return best?.owner;
}

/** How many real servers two versions of a virtual server have in common; those that agree in everything are alike even with none. */
function likenessOf(is: readonly Entry[], wanted: readonly Entry[]): number {
  const servers = new Set(wanted.map(serverOf));
  const common = is.map(serverOf).filter(server => server !== undefined && servers.has(server)).length;
  const isSame = is.length === wanted.length && !without(is, wanted).length;
  return common + (isSame ? 1 : 0);
}

/** @returns `10.244.1.2 . tcp . 8080` for an element that leads to a real server */
function serverOf({ container, key, value }: Entry): string | undefined {
  const [, l4] = /^(?:nodeport-)?endpoints-(\w+)$/.exec(container) ?? [];
  // Of the companion, as ipvs/schema.ts makes them.
  const [, protocol, , address, port] = container === 'real-servers' ? key.split(' . ') : [];
  if (address !== undefined) return `${address} . ${protocol} . ${port}`;
  return l4 === undefined ? undefined : value.replace(' . ', ` . ${l4} . `);
}

/** Whether an element leads to something that is ours, and not to what an older version left. */
const isOurs = ({ value }: Entry): boolean =>
  !value.startsWith('goto ') || value === `goto ${REJECT_CHAIN}` || shapeOfVerdict(value) !== undefined;

function keptShared(wanted: readonly string[], found: readonly Entry[], refused: RefusedOwner): string[] {
  const { owner, unit, before, isFound } = refused;
  const missing = new Set(unit.adds.map(({ container, key }) => sharedKey(container, key)));
  const kept = new Set(wanted.filter(key => !missing.has(key)));
  if (owner === NODE_OWNER) {
    // Ranges must not overlap, so that what it had and what is there besides cannot be mixed.
    if (before) return [...before.shared];
    for (const { container, key } of unit.deletes) kept.add(sharedKey(container, key));
    return [...kept];
  }
  for (const key of before?.shared ?? []) kept.add(key);
  for (const entry of found) {
    const server = serverOf(entry);
    if (server === undefined) continue;
    const key = `${server.split(' . ')[0]} . ${server}`;
    if (isFound({ container: 'hairpin', key, value: '' })) kept.add(sharedKey('hairpin', key));
  }
  return [...kept];
}

function byClaim(entries: readonly Entry[]): ReadonlyMap<string, readonly Entry[]> {
  const claims = new Map<string, Entry[]>();
  for (const entry of entries) {
    const id = claimOf(entry.container, entry.key);
    if (!id) continue;
    const own = claims.get(id);
    if (own) own.push(entry);
    else claims.set(id, [entry]);
  }
  return claims;
}

/** Those entries that are not among the others. */
function without(entries: readonly Entry[], others: readonly Entry[]): Entry[] {
  const lines = new Set(others.map(lineOf));
  return entries.filter(entry => !lines.has(lineOf(entry)));
}

const lineOf = ({ container, key, value }: Entry): string => `${container} ${key} : ${value}`;
