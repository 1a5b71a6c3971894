import { expect } from 'vitest';
import type { CommitResult } from '../../src/backend/backend.ts';
import { FakeNft } from '../fakes/fake-nft.ts';
import { BackendWorld, type Affinity } from './backend-world.ts';
import { clusterStateOf, type ClusterEvent } from './cluster-events.ts';
import { elementsOf, gapsIn, inconsistenciesOf, type Tables } from './kernel-content.ts';

/** What happens in a history: an event, or something that is done with the backend. */
export type Step =
  | { readonly does: 'commit' | 'resync' | 'repeat' | 'tidy' | 'restart' }
  | { readonly does: 'take'; readonly event: ClusterEvent };

/** A world whose kernel is watched: no table is ever less than whole, no transaction fails, and nothing that stays is away meanwhile. */
export class WatchedWorld<N extends FakeNft = FakeNft> extends BackendWorld {
  readonly nft: N;
  #states: Tables[] = [];

  /** @param nft with a kernel of its own */
  constructor(affinity: Affinity, nft: N) {
    super(nft, affinity);
    this.nft = nft;
    nft.kernel.observers.add((_, after) => this.#states.push(after));
  }

  [Symbol.dispose](): void {
    this.nft.close();
  }

  get tables(): Tables {
    return this.nft.kernel.tables;
  }

  async do(step: Step): Promise<void> {
    switch (step.does) {
      case 'take':
        this.take(step.event);
        return;
      case 'commit':
        expect(await this.#healthily(() => this.backend.commit())).toMatchObject(HEALTHY);
        expect(this.backend.pending).toBe(0);
        return;
      case 'resync':
        expect(await this.#healthily(() => this.backend.resync())).toMatchObject({ ...HEALTHY, verified: true });
        return;
      case 'repeat':
        await this.do({ does: 'commit' });
        this.repeat();
        expect(this.backend.pending).toBe(0);
        expect(await this.backend.commit()).toMatchObject(NOTHING);
        return;
      case 'tidy':
        // As in the loop, which never tidies between staging and writing.
        await this.do({ does: 'commit' });
        await this.#healthily(async () => {
          while (await this.backend.tidy());
        });
        return;
      case 'restart':
        this.restart();
    }
  }

  /** Compares with the kernel, and expects that all is as it should be. */
  async expectNothingToDo(): Promise<void> {
    expect(await this.backend.resync()).toMatchObject(NOTHING);
  }

  async #healthily<T>(work: () => Promise<T>): Promise<T> {
    const before = this.tables;
    this.#states = [];
    const result = await work();
    for (const state of this.#states) expect(inconsistenciesOf(elementsOf(state))).toEqual([]);
    expect(gapsIn([before, ...this.#states])).toEqual([]);
    expect(this.nft.failures()).toEqual([]);
    expect(this.complaints).toEqual([]);
    return result;
  }
}

const HEALTHY: Partial<CommitResult> = { refused: [], drifted: new Map() };
const NOTHING: Partial<CommitResult> = { ...HEALTHY, transactions: 0, added: 0, deleted: 0 };

/** What the end of a history comes to when it is loaded at once into an empty kernel. */
export async function loadedAtOnce(history: readonly ClusterEvent[], affinity: Affinity): Promise<Tables> {
  using world = new WatchedWorld(affinity, new FakeNft());
  const { services, slices, node } = clusterStateOf(history);
  world.take({ kind: 'node', change: node });
  for (const object of slices.values()) world.take({ kind: 'set-slice', object });
  for (const object of services.values()) world.take({ kind: 'set-service', object });
  await world.do({ does: 'commit' });
  return world.tables;
}
