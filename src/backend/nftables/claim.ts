import type { Entry, L4Protocol } from './schema.ts';

/** The entries of one virtual server. Of two Services that claim the same one, only one can have its entries in the kernel. */
export interface Claim {
  /** `203.0.113.20 . tcp . 80`, or `tcp . 30080` for a NodePort. */
  readonly id: string;
  /** Whose virtual server it is, where its packets are counted. */
  readonly port?: ClaimPort;
  readonly entries: readonly Entry[];
  /** Its owner does not want it any more, and has it until another one does. */
  readonly isLeftover?: true;
}

/** A port of the Service that makes a claim. */
export interface ClaimPort {
  /** Empty for the one unnamed port. */
  readonly name: string;
  readonly number: number;
  readonly l4: L4Protocol;
}

/** What one Service of one family is in the kernel. */
export interface CompiledService {
  readonly claims: readonly Claim[];
  /** Entries that several Services may hold at a time, by {@link sharedKey}. */
  readonly shared: readonly string[];
}

/** A shared entry is a member of a set: `cluster-ips 10.96.0.1`. */
export const sharedKey = (container: Entry['container'], key: string): string => [container, key].join(' ');

/** Reads {@link sharedKey} back. */
export function sharedEntry(text: string): Entry {
  const space = text.indexOf(' ');
  return { container: text.slice(0, space) as Entry['container'], key: text.slice(space + 1), value: '' };
}
