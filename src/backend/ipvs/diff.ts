import type { FamilyUnit } from '../nftables/diff.ts';
import type { Entry } from '../nftables/schema.ts';
import { encodeLine, type Verb } from './encode.ts';
import { formatWeight, virtualServerOf } from './schema.ts';

/** A line for ipvsadm, and whose it is. */
export interface Command {
  readonly verb: Verb;
  readonly entry: Entry;
  readonly unit: FamilyUnit;
}

/** The commands of a change: those that go before the elements of nft, and those that go after. */
export interface Commands {
  /** Virtual servers and real servers come and change. */
  readonly before: readonly Command[];
  /**
   * Real servers get no more and leave, virtual servers leave: where it is the last ones, clients are turned away by nft before IPVS would
   * do it, with a line in the kernel's log for each.
   */
  readonly after: readonly Command[];
}

/**
 * Turns changes of entries into commands. What is deleted and added with another value is changed in place: connections stay.
 * @param units changes that are written together
 */
export function commandsOf(units: readonly FamilyUnit[]): Commands {
  const leaving = new Set(units.flatMap(leavingVirtualServers));
  const before: Command[] = [];
  const after: Command[] = [];
  for (const unit of units) {
    const own = ({ container }: Entry): boolean => container === 'virtual-servers' || container === 'real-servers';
    const deletes = unit.deletes.filter(own);
    const adds = unit.adds.filter(own);
    if (!deletes.length && !adds.length) continue;
    const idOf = ({ container, key }: Entry): string => `${container} ${key}`;
    const deleted = new Set(deletes.map(idOf));
    const added = new Set(adds.map(idOf));
    for (const entry of adds.toSorted(byContainer)) {
      const isThere = deleted.has(idOf(entry));
      const isServer = entry.container === 'virtual-servers';
      const verb = isServer ? (isThere ? 'E' : 'A') : isThere ? 'e' : 'a';
      (verb === 'e' && entry.value === NO_WEIGHT ? after : before).push({ verb, entry, unit });
    }
    for (const entry of deletes) {
      if (added.has(idOf(entry))) continue;
      if (entry.container === 'virtual-servers') after.push({ verb: 'D', entry, unit });
      else if (!leaving.has(virtualServerOf(entry))) after.push({ verb: 'd', entry, unit });
    }
  }
  return { before, after };
}

const NO_WEIGHT = formatWeight(0);

function leavingVirtualServers({ deletes, adds }: FamilyUnit): string[] {
  const stay = new Set(adds.filter(({ container }) => container === 'virtual-servers').map(({ key }) => key));
  return deletes
    .filter(({ container, key }) => container === 'virtual-servers' && !stay.has(key))
    .map(({ key }) => key);
}

/** Virtual servers first; otherwise as they are. */
const byContainer = (a: Entry, b: Entry): number =>
  Number(a.container === 'real-servers') - Number(b.container === 'real-servers');

export const lineOf = ({ verb, entry }: Command): string => encodeLine(verb, entry);

/** The verb to try where the kernel says that something is there already, or not yet; undefined: that is how it should be. */
const OTHER_VERBS: Readonly<Record<Verb, readonly (readonly [RegExp, Verb | undefined])[]>> = {
  A: [[/Service already exists/, 'E']],
  E: [],
  D: [[/No such service/, undefined]],
  a: [[/Destination already exists/, 'e']],
  e: [[/No such destination/, 'a']],
  d: [[/No such (?:destination|service)|Service not defined/, undefined]],
};

export type Verdict =
  | { readonly kind: 'done' }
  | { readonly kind: 'retry'; readonly command: Command }
  | { readonly kind: 'failed'; readonly error: Error };

/** What an answer of ipvsadm comes to. @param message undefined where it said nothing */
export function verdictOf(command: Command, message: string | undefined): Verdict {
  if (message === undefined) return { kind: 'done' };
  const other = OTHER_VERBS[command.verb].find(([pattern]) => pattern.test(message));
  if (!other) return { kind: 'failed', error: new Error(`ipvsadm ${lineOf(command)}: ${message}`) };
  const [, verb] = other;
  return verb === undefined ? { kind: 'done' } : { kind: 'retry', command: { ...command, verb } };
}
