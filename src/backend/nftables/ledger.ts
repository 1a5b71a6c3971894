import type { Conflict } from '../backend.ts';
import { sharedEntry, sharedKey, type Claim, type CompiledService } from './claim.ts';
import type { ElementDelta, Entry } from './schema.ts';

export interface Claimant {
  readonly owner: string;
  readonly seniority: string;
  readonly claim: Claim;
}

interface Holding {
  readonly seniority: string;
  readonly compiled: CompiledService;
}

/** What the kernel must get so that it follows one change of the ledger, and what the owner had before. */
export interface LedgerChange extends ElementDelta {
  readonly owner: string;
  readonly before: CompiledService | undefined;
}

const NOTHING: CompiledService = { claims: [], shared: [] };

/**
 * Who owns which entry of one family's table: the desired state. Of several claimants of a virtual server the most senior
 * has its entries in the kernel, one that wants it before one that has it left over; shared entries stay as long as anyone holds them.
 */
export class Ledger {
  readonly #holdings = new Map<string, Holding>();
  readonly #claims = new Map<string, readonly Claimant[]>();
  /** How many hold a shared entry. */
  readonly #shared = new Map<string, number>();
  /** Claims with more than one claimant: few, so that telling them costs nothing at any size. */
  readonly #contested = new Set<string>();
  /** Whose claims were that have gone from one Service to another, or to nobody, and are not known to have done so in the kernel. */
  readonly #passing = new Map<string, string>();
  #size = 0;

  /** Number of entries that the kernel should hold. */
  get size(): number {
    return this.#size;
  }

  /**
   * Replaces what an owner has.
   * @param compiled undefined to give up all of it
   * @returns the difference for the kernel; empty where nothing changed.
   */
  set(owner: string, seniority: string, compiled: CompiledService | undefined): LedgerChange {
    const before = this.#holdings.get(owner);
    const delta = new DeltaBuilder();
    const was = before?.compiled ?? NOTHING;
    const is = compiled ?? NOTHING;
    const wanted = byId(is);
    for (const [id, claim] of wanted) this.#claim(id, owner, { owner, seniority, claim }, delta);
    for (const { id } of was.claims) if (!wanted.has(id)) this.#claim(id, owner, undefined, delta);
    for (const key of is.shared) this.#hold(key, delta);
    for (const key of was.shared) this.#release(key, delta);
    if (compiled) this.#holdings.set(owner, { seniority, compiled });
    else this.#holdings.delete(owner);
    const { deletes, adds } = delta.build();
    this.#size += adds.length - deletes.length;
    return { owner, deletes, adds, before: before?.compiled };
  }

  #claim(id: string, owner: string, claimant: Claimant | undefined, delta: DeltaBuilder): void {
    const before = this.#claims.get(id) ?? [];
    const others = before.filter(one => one.owner !== owner);
    const after = claimant ? [...others, claimant].toSorted(bySeniority) : others;
    if (after.length) this.#claims.set(id, after);
    else this.#claims.delete(id);
    if (after.length > 1) this.#contested.add(id);
    else this.#contested.delete(id);
    const loser = before[0]?.owner;
    if (loser !== undefined && loser !== after[0]?.owner && !this.#passing.has(id)) this.#passing.set(id, loser);
    if (before[0]?.claim !== after[0]?.claim)
      delta.replace(before[0]?.claim.entries ?? [], after[0]?.claim.entries ?? []);
  }

  #hold(key: string, delta: DeltaBuilder): void {
    const holders = this.#shared.get(key) ?? 0;
    this.#shared.set(key, holders + 1);
    if (!holders) delta.replace([], [sharedEntry(key)]);
  }

  #release(key: string, delta: DeltaBuilder): void {
    const holders = this.#shared.get(key) ?? 0;
    if (holders > 1) {
      this.#shared.set(key, holders - 1);
      return;
    }
    this.#shared.delete(key);
    delta.replace([sharedEntry(key)], []);
  }

  /** The owners, in the order in which they came. */
  owners(): IterableIterator<string> {
    return this.#holdings.keys();
  }

  /** What of an owner's is in force: the claims that it won, and its shared entries. */
  inForce(owner: string): CompiledService {
    const compiled = this.#holdings.get(owner)?.compiled ?? NOTHING;
    return {
      claims: compiled.claims.filter(({ id }) => this.#claims.get(id)?.[0]?.owner === owner),
      shared: compiled.shared,
    };
  }

  /** What an owner wants, whether it has won it or not. */
  holding(owner: string): Holding | undefined {
    return this.#holdings.get(owner);
  }

  /** Who has the virtual server. */
  winnerOf(claim: string): string | undefined {
    return this.#claims.get(claim)?.[0]?.owner;
  }

  /** The claim that is in force, with its owner. */
  claimInForce(id: string): { readonly owner: string; readonly claim: Claim } | undefined {
    return this.#claims.get(id)?.[0];
  }

  /** All that an owner claims, won or not. */
  claimsOf(owner: string): readonly Claim[] {
    return this.#holdings.get(owner)?.compiled.claims ?? [];
  }

  /** All who want the virtual server, the most senior first. */
  claimantsOf(claim: string): readonly Claimant[] {
    return this.#claims.get(claim) ?? [];
  }

  /** Whose the virtual server is in the kernel, as far as is known: that of another one than the winner while it passes on. */
  lastWinnerOf(claim: string): string | undefined {
    return this.#passing.get(claim) ?? this.winnerOf(claim);
  }

  /** @param isInKernel whether the kernel has all that is in force of an owner; undefined: that it has nothing that is nobody's */
  confirm(isInKernel: (owner: string | undefined) => boolean): void {
    for (const claim of this.#passing.keys()) if (isInKernel(this.winnerOf(claim))) this.#passing.delete(claim);
  }

  /** Whether a shared entry is held by anyone. */
  holds({ container, key }: Entry): boolean {
    return this.#shared.has(sharedKey(container, key));
  }

  /** All entries in force, once each. */
  *entries(): Generator<Entry> {
    for (const claimants of this.#claims.values()) yield* claimants[0]?.claim.entries ?? [];
    yield* this.sharedEntries();
  }

  /** The shared ones of them. */
  *sharedEntries(): Generator<Entry> {
    for (const key of this.#shared.keys()) yield sharedEntry(key);
  }

  /** Virtual servers that more than one Service wants, by claim. */
  conflicts(): Conflict[] {
    const conflicts: Conflict[] = [];
    for (const claim of this.#contested) {
      const [winner, ...losers] = this.#claims.get(claim)!;
      for (const loser of losers)
        if (!loser.claim.isLeftover) conflicts.push({ claim, winner: winner!.owner, loser: loser.owner });
    }
    return conflicts;
  }
}

/** No two owners have the same seniority (`ServicePlan`). */
const bySeniority = (a: Claimant, b: Claimant): number =>
  Number(a.claim.isLeftover ?? false) - Number(b.claim.isLeftover ?? false) || (a.seniority < b.seniority ? -1 : 1);

/** A Service may claim one virtual server by several of its ports or addresses; then the first of them counts. */
function byId({ claims }: CompiledService): Map<string, Claim> {
  const found = new Map<string, Claim>();
  for (const claim of claims) if (!found.has(claim.id)) found.set(claim.id, claim);
  return found;
}

/** Collects what leaves and what comes, so that an entry which does both unchanged is neither. */
class DeltaBuilder {
  /** Each with what it leaves for and what comes for it. */
  readonly #steps: (readonly [before: readonly Entry[], after: readonly Entry[]])[] = [];
  readonly #deletes = new Map<string, Entry>();
  readonly #adds = new Map<string, Entry>();

  /** No entry leaves in a step after the one in which it has come. */
  replace(before: readonly Entry[], after: readonly Entry[]): void {
    this.#steps.push([before, after]);
  }

  #add(entry: Entry): void {
    const key = `${entry.container} ${entry.key}`;
    if (this.#deletes.get(key)?.value === entry.value) this.#deletes.delete(key);
    else this.#adds.set(key, entry);
  }

  build(): ElementDelta {
    // Of a Service that is new, as all are at a start, there is nothing to compare.
    if (this.#steps.every(([before]) => !before.length))
      return { deletes: [], adds: this.#steps.flatMap(step => step[1]) };
    for (const [before, after] of this.#steps) {
      for (const entry of before) this.#deletes.set(`${entry.container} ${entry.key}`, entry);
      for (const entry of after) this.#add(entry);
    }
    return { deletes: [...this.#deletes.values()], adds: [...this.#adds.values()] };
  }
}
