import type { Backend, CommitResult, Conflict, NodeEntries, Refusal } from '../../src/backend/backend.ts';
import type { Family } from '../../src/model/ip.ts';
import type { ServicePlan } from '../../src/plan/types.ts';

/** A backend whose kernel is a map of Services, and which can be told to fail. */
export class FakeBackend implements Backend {
  readonly families: readonly Family[];
  /** `family ns/name` -> what is in the kernel. */
  readonly kernel = new Map<string, ServicePlan>();
  readonly nodeEntries = new Map<Family, NodeEntries>();
  /** The kernel does not take what belongs to the node. */
  isNodeBad = false;
  readonly calls: ('commit' | 'resync' | 'repair' | 'tidy')[] = [];
  /** So many of the next commits fail as a whole. */
  failures = 0;
  /** Services that the kernel does not take. */
  readonly bad = new Set<string>();
  isMoreToTidy = false;
  #desired = new Map<string, ServicePlan>();
  #stagedNode = new Map<Family, NodeEntries>();

  constructor(families: readonly Family[] = ['ipv4']) {
    this.families = families;
  }

  get pending(): number {
    return this.#desired.size;
  }

  stage(family: Family, owner: string, plan: ServicePlan | undefined): void {
    if (plan) this.#desired.set(`${family} ${owner}`, plan);
    else this.#desired.delete(`${family} ${owner}`);
  }

  stageNode(family: Family, entries: NodeEntries): void {
    this.#stagedNode.set(family, entries);
  }

  async commit(): Promise<CommitResult> {
    return this.#write('commit');
  }

  async resync(): Promise<CommitResult> {
    return this.#write('resync');
  }

  async repair(): Promise<CommitResult> {
    return this.#write('repair');
  }

  async tidy(): Promise<boolean> {
    this.calls.push('tidy');
    return this.isMoreToTidy;
  }

  async #write(call: 'commit' | 'resync' | 'repair'): Promise<CommitResult> {
    this.calls.push(call);
    await Promise.resolve();
    if (this.failures > 0) {
      this.failures -= 1;
      throw new Error('nft failed');
    }
    const refused: Refusal[] = [];
    for (const [family, entries] of this.#stagedNode) {
      if (this.isNodeBad) refused.push({ owner: 'node', family, error: new Error('refused') });
      else this.nodeEntries.set(family, entries);
    }
    this.#stagedNode = new Map();
    for (const [id, plan] of this.#desired) {
      if (!this.bad.has(plan.service) || this.kernel.get(id) === plan) continue;
      refused.push({ owner: plan.service, family: plan.family, error: new Error('refused') });
      const before = this.kernel.get(id);
      if (before) this.#desired.set(id, before);
      else this.#desired.delete(id);
    }
    this.kernel.clear();
    for (const [id, plan] of this.#desired) this.kernel.set(id, plan);
    return { transactions: 1, added: 1, deleted: 0, refused, verified: call === 'resync', drifted: new Map() };
  }

  expectedElements(): number {
    return this.#desired.size;
  }

  conflicts(): readonly Conflict[] {
    return [];
  }
}
