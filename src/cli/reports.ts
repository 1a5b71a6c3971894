import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { NodeOwner } from '../backend/backend.ts';
import type { TransactionObserver } from '../backend/nftables/element-writer.ts';
import type { Family } from '../model/ip.ts';
import { objectKey } from '../model/object-key.ts';
import type { ProgrammingLatency } from '../reconcile/programming-latency.ts';
import type { Outcome, ReconcileObserver, Reconciler } from '../reconcile/reconciler.ts';
import type { HealthState } from '../telemetry/health-state.ts';
import type { KernelFreshness } from '../telemetry/kernel-freshness.ts';
import { createNftablesMetrics, type NftablesMetrics } from '../telemetry/metrics/nftables.ts';
import { createReconcileMetrics, type ReconcileMetrics } from '../telemetry/metrics/reconcile.ts';
import { createSyncMetrics, type SyncMetrics } from '../telemetry/metrics/sync.ts';
import type { SliceEvent } from './cluster.ts';

const NODE: NodeOwner = 'node';
const REFUSED_SERVICE = 'the kernel refuses a Service; it is set aside and tried again later';
const REFUSED_NODE =
  'the kernel refuses addresses or ranges of the node; the former ones stay, and these are tried again later';

/** What the loop works with; it is made after the reports that it is given. */
interface Subjects {
  readonly reconciler: Reconciler;
  readonly expectedElements: (family: Family) => number;
  readonly conflicts: (family: Family) => number;
}

interface ReportsOptions {
  readonly registry: Registry;
  readonly health: HealthState;
  readonly kernel: KernelFreshness;
  readonly latency: ProgrammingLatency;
  readonly logger: Logger;
}

/** Turns what happens into log lines, metrics and health. */
export class Reports {
  readonly sync: SyncMetrics;
  readonly latency: ProgrammingLatency;
  readonly #reconcile: ReconcileMetrics;
  readonly #nftables: NftablesMetrics;
  readonly #health: HealthState;
  readonly #kernel: KernelFreshness;
  readonly #logger: Logger;
  #families: readonly Family[] = [];
  /** Since the last run. */
  #pendingSlices = 0;
  #subjects: Subjects | undefined;

  constructor({ registry, health, kernel, latency, logger }: ReportsOptions) {
    this.#health = health;
    this.#kernel = kernel;
    this.latency = latency;
    this.#logger = logger;
    this.sync = createSyncMetrics(registry);
    this.#reconcile = createReconcileMetrics(registry);
    this.#nftables = createNftablesMetrics(registry);
  }

  /** The loop starts: from now on the families are judged. */
  follow(families: readonly Family[], subjects: Subjects): void {
    this.#families = families;
    this.#subjects = subjects;
    for (const family of families) {
      this.#health.updated(family);
      this.sync.setLastQueued(family, Date.now());
      this.sync.begin(family);
      this.#reconcile.begin(family);
      this.#nftables.begin(family);
    }
  }

  get loop(): ReconcileObserver {
    const logger = this.#logger.child({ component: 'reconciler' });
    return {
      queued: () => this.#queued(),
      began: reasons => {
        this.latency.begin();
        this.#pendingSlices = 0;
        this.sync.setServiceChangesPending(0);
        this.sync.setEndpointChangesPending(0);
        for (const reason of reasons) this.#reconcile.countWakeUp(reason);
      },
      problems: problems => {
        for (const { object, field, message } of problems)
          logger.warn({ object, field, problem: message }, 'part of an object is left out');
      },
      applied: outcome => this.#applied(outcome, logger),
      failed: (error, seconds) => {
        this.#kernel.failed();
        logger.error({ err: error, ms: Math.round(seconds * 1000) }, 'sync failed, will be tried again');
        for (const family of this.#families) {
          // What failed waits, even if it was a comparison that no change had asked for.
          this.#health.queuedUpdate(family);
          this.sync.observeSync(family, 'full', seconds);
          this.#nftables.countSyncFailure(family);
        }
      },
    };
  }

  /** Says how ClientIP affinity is kept in a family. */
  tellAffinity(family: Family, isLearnt: boolean, nftVersion: string): void {
    this.#reconcile.setAffinityLearnt(family, isLearnt);
    if (isLearnt) return;
    this.#logger.warn(
      { family, nft: nftVersion },
      'this nft cannot have the kernel learn ClientIP affinity; clients are told apart by a hash, and may move when endpoints change',
    );
  }

  /** A slice of a Service came, changed or went. What changes no plan has nothing to wait for. */
  countSlice({ slice, isDeleted, isEffective }: SliceEvent): void {
    this.sync.countEndpointChanges(1);
    if (isEffective) this.#pendingSlices += 1;
    this.sync.setEndpointChangesPending(this.#pendingSlices);
    const { triggerTimeMs } = slice;
    const family: Family = slice.addressType === 'IPv6' ? 'ipv6' : 'ipv4';
    const owner = objectKey({ namespace: slice.namespace, name: slice.serviceName });
    if (isDeleted) this.latency.forget(owner, family);
    else if (triggerTimeMs !== undefined && isEffective) this.latency.note(owner, family, triggerTimeMs);
    else if (triggerTimeMs !== undefined && this.latency.counts(triggerTimeMs))
      this.sync.observeNetworkProgramming(family, (Date.now() - triggerTimeMs) / 1000);
  }

  #queued(): void {
    for (const family of this.#families) {
      this.#health.queuedUpdate(family);
      this.sync.setLastQueued(family, Date.now());
    }
  }

  #applied(outcome: Outcome, logger: Logger): void {
    const now = Date.now();
    this.#kernel.succeeded(outcome.verified);
    for (const { family, seconds } of this.latency.succeed(now)) this.sync.observeNetworkProgramming(family, seconds);
    for (const family of this.#families) {
      this.#health.updated(family);
      this.sync.setLastSynced(family, now);
      this.sync.observeSync(family, outcome.verified ? 'full' : 'partial', outcome.seconds);
      if (outcome.verified) this.#reconcile.setLastVerified(family, now);
      this.#tellState(family, outcome);
    }
    for (const { owner, family, error } of outcome.refused) {
      if (owner === NODE) logger.error({ family, err: error }, REFUSED_NODE);
      else logger.error({ service: owner, family, err: error }, REFUSED_SERVICE);
    }
    const { reasons, services, transactions, added, deleted, seconds, quarantined } = outcome;
    const line = { reasons, services, transactions, added, deleted, quarantined, ms: Math.round(seconds * 1000) };
    if (transactions || reasons.includes('start')) logger.info(line, 'applied');
    else logger.debug(line, 'nothing to apply');
  }

  #tellState(family: Family, { drifted, found }: Outcome): void {
    const elements = found?.get(family);
    if (elements !== undefined) this.#reconcile.setElementsFound(family, elements);
    const drift = drifted.get(family) ?? 0;
    if (drift) {
      this.#logger.warn({ family, elements: drift }, 'the kernel was not as it had been left; repaired');
      this.#reconcile.countDriftEvent(family);
      this.#reconcile.countDriftFound(family, drift);
      this.#reconcile.countDriftRepaired(family, drift);
    }
    if (!this.#subjects) return;
    const { reconciler, expectedElements, conflicts } = this.#subjects;
    const { internal, external } = reconciler.status.noLocalEndpoints(family);
    this.sync.setNoLocalEndpoints(family, 'internal', internal);
    this.sync.setNoLocalEndpoints(family, 'external', external);
    const quarantined = reconciler.quarantine.entries().filter(entry => entry.family === family);
    this.#reconcile.setQuarantinedServices(family, quarantined.length);
    this.#reconcile.setElementsExpected(family, expectedElements(family));
    this.#reconcile.setConflicts(family, conflicts(family));
  }

  /** Something stale could not be deleted. */
  cleanupFailed(family: Family): void {
    this.#nftables.countCleanupFailure(family);
  }

  get transactions(): TransactionObserver {
    return (family, { elements, seconds, failed }) =>
      this.#reconcile.observeTransaction(family, {
        result: failed ? 'failed' : 'applied',
        elements,
        durationSeconds: seconds,
      });
  }
}
