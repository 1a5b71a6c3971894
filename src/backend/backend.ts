import type { Family } from '../model/ip.ts';
import type { ServicePlan } from '../plan/types.ts';

/** What of the node itself, and not of any Service, is in the kernel. All canonical. */
export interface NodeEntries {
  /** Of local pods, where these are told by address. */
  readonly podCIDRs: readonly string[];
  readonly serviceCIDRs: readonly string[];
  /** Where NodePorts are: those of the node's addresses that are chosen for them, or all but loopback ones. */
  readonly nodePortAddresses: readonly string[];
}

/** The owner of what belongs to the node itself; no Service has a name without a slash. */
export type NodeOwner = 'node';

/** A Service, or the node itself, of which the kernel would not take something; what it had before stays in force. */
export interface Refusal {
  /** `ns/name`, or {@link NodeOwner} */
  readonly owner: string;
  readonly family: Family;
  readonly error: Error;
}

/** Two Services want one virtual server. */
export interface Conflict {
  readonly claim: string;
  readonly winner: string;
  readonly loser: string;
}

export interface CommitResult {
  readonly transactions: number;
  readonly added: number;
  readonly deleted: number;
  readonly refused: readonly Refusal[];
  /** The kernel was read and compared, not just written. */
  readonly verified: boolean;
  /** Chains and elements, by family, that were not as they had been left. */
  readonly drifted: ReadonlyMap<Family, number>;
  /** Elements, by family, that the kernel was found to hold before anything was put right; not set where nothing was compared. */
  readonly found?: ReadonlyMap<Family, number>;
}

/** Keeps the kernel in the desired state, which it is told piece by piece. Nothing reaches the kernel before the first resync. */
export interface Backend {
  readonly families: readonly Family[];

  /** Says what a Service is from now on; undefined: gone. Pure bookkeeping until the next commit. */
  stage(family: Family, owner: string, plan: ServicePlan | undefined): void;

  stageNode(family: Family, entries: NodeEntries): void;

  /** Number of elements that wait to be written. */
  readonly pending: number;

  /**
   * Writes what was staged, in one atomic transaction. Idempotent: where writing fails, the kernel is read and whatever differs is
   * repaired; what the kernel refuses is narrowed down to the Services at fault.
   * @throws Error where nothing can be written at all; the next call starts with reading the kernel
   */
  commit(): Promise<CommitResult>;

  /** Reads the kernel, compares it with all that is desired and repairs what differs. @throws as commit */
  resync(): Promise<CommitResult>;

  /** Writes what was staged, and puts right what others have touched in the kernel, as far as that is known; else as resync. @throws as commit */
  repair(): Promise<CommitResult>;

  /** Removes what is no longer used and harmless, at a quiet moment. @returns whether there is more to remove a while later */
  tidy(): Promise<boolean>;

  /** Number of elements that the family should have in the kernel. */
  expectedElements(family: Family): number;

  conflicts(family: Family): readonly Conflict[];
}
