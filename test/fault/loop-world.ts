// The loop with all that it drives: events go in at the index, and come out in the fake kernel. Time is the test's.

import { pino } from 'pino';
import { vi } from 'vitest';
import { NftablesBackend } from '../../src/backend/nftables/apply.ts';
import type { RulesetOptions } from '../../src/backend/nftables/schema.ts';
import { nodeEntriesOf } from '../../src/cli/node-settings.ts';
import { FAMILIES } from '../../src/model/ip.ts';
import { ServiceIndex } from '../../src/model/service-index.ts';
import { planService } from '../../src/plan/service-plan.ts';
import { Reconciler, type Outcome, type ReconcilerTimes } from '../../src/reconcile/reconciler.ts';
import type { FakeNft } from '../fakes/fake-nft.ts';
import { nodeSettings, viewOf, type Affinity } from '../property/backend-world.ts';
import { clusterStateOf, FIRST_NODE, type ClusterEvent, type NodeState } from '../property/cluster-events.ts';
import { elementsOf, expectedElements, type Elements } from '../property/kernel-content.ts';
import { take } from '../property/model/histories.ts';

const TIMES: ReconcilerTimes = { quietMs: 5, maxDelayMs: 50, minPeriodMs: 0, maxRetryMs: 30_000, verifyMs: 900_000 };

export const AFFINITY: Affinity = { ipv4: 'learnt', ipv6: 'hashed' };

/**
 * Replaces the machine's timers by ones that {@link LoopWorld.pass} turns, and its random numbers. To be called before a world is made.
 */
export function takeTime(random: () => number): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
  vi.spyOn(Math, 'random').mockImplementation(random);
}

export function giveTimeBack(): void {
  vi.useRealTimers();
  vi.restoreAllMocks();
}

export class LoopWorld {
  readonly nft: FakeNft;
  readonly reconciler: Reconciler;
  readonly outcomes: Outcome[] = [];
  readonly failures: string[] = [];
  readonly #index = new ServiceIndex();
  readonly #taken: ClusterEvent[];
  readonly #abort = new AbortController();
  #hasEnded = false;
  readonly #backend: NftablesBackend;
  #node: NodeState = FIRST_NODE;
  /** The last run did, and another one is due. */
  #hasFailed = false;

  /** @param known what happened before this process; it is told of it at its start */
  constructor(nft: FakeNft, known: readonly ClusterEvent[] = []) {
    this.nft = nft;
    const logger = pino({ level: 'silent' });
    this.#backend = new NftablesBackend({ nft, rulesets: this.#rulesets, logger });
    this.reconciler = new Reconciler({
      backend: this.#backend,
      plan: (owner, family) => {
        const service = this.#index.service(owner);
        const slices = this.#index.slicesOf(owner, family);
        return service && planService({ service, slices }, family, viewOf(this.#node));
      },
      times: TIMES,
      observer: {
        queued: () => undefined,
        began: () => undefined,
        problems: () => undefined,
        applied: outcome => {
          this.outcomes.push(outcome);
          this.#hasFailed = false;
        },
        failed: error => {
          this.failures.push(error.message);
          this.#hasFailed = true;
        },
      },
      logger,
    });
    this.#taken = [];
    this.#tellNode();
    for (const event of known) this.take(event);
    void this.reconciler.run(this.#abort.signal).then(() => (this.#hasEnded = true));
    this.reconciler.start();
  }

  take(event: ClusterEvent): void {
    this.#taken.push(event);
    if (event.kind !== 'node') {
      this.reconciler.touch(take(this.#index, event));
      return;
    }
    this.#node = { ...this.#node, ...event.change };
    const rulesets = this.#rulesets;
    this.reconciler.atNextRun(() => this.#backend.configure(rulesets));
    this.#tellNode();
    this.reconciler.touch(this.#index.serviceKeys());
  }

  get #rulesets(): RulesetOptions[] {
    return FAMILIES.map(family => nodeSettings(this.#node, family, AFFINITY).ruleset);
  }

  #tellNode(): void {
    const { serviceCIDRs, localAddresses } = this.#node;
    for (const family of FAMILIES) {
      const settings = nodeSettings(this.#node, family, AFFINITY);
      this.reconciler.setNode(family, nodeEntriesOf(settings, serviceCIDRs, localAddresses));
    }
  }

  /** What has happened so far. */
  get history(): readonly ClusterEvent[] {
    return this.#taken;
  }

  get expected(): Elements {
    return expectedElements(clusterStateOf(this.#taken), AFFINITY);
  }

  get elements(): Elements {
    return elementsOf(this.nft.kernel.tables);
  }

  /** Lets time pass. */
  async pass(milliseconds: number): Promise<void> {
    await vi.advanceTimersByTimeAsync(milliseconds);
  }

  /** Lets time pass until the kernel is as it should be and nobody is set aside; gives up after an hour. */
  async converge(): Promise<boolean> {
    for (let seconds = 0; seconds < 3600; seconds += 5) {
      if (this.#hasConverged()) return true;
      await this.pass(5000);
    }
    return this.#hasConverged();
  }

  #hasConverged(): boolean {
    const [is, shouldBe] = [this.elements, this.expected];
    if (this.#hasFailed) return false;
    const isSame = is.size === shouldBe.size && [...shouldBe].every(([key, value]) => is.get(key) === value);
    return isSame && this.reconciler.waiting === 0 && this.reconciler.quarantine.size === 0;
  }

  /** Ends the process; the kernel stays as it is. */
  async stop(): Promise<void> {
    this.#abort.abort();
    // A last run may wait for several calls that hang, one after the other.
    for (let minutes = 0; minutes < 60 && !this.#hasEnded; minutes += 1) await this.pass(60_000);
    if (!this.#hasEnded) throw new Error('the loop has not ended an hour after it was told to');
  }
}
