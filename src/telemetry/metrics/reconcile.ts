import { Counter, Gauge, Histogram, exponentialBuckets } from 'prom-client';
import type { Registry } from 'prom-client';
import { familyLabel } from '../../model/ip.ts';
import type { Family } from '../../model/ip.ts';

export interface TransactionObservation {
  readonly result: 'applied' | 'failed';
  /** Elements added and deleted. */
  readonly elements: number;
  readonly durationSeconds: number;
}

export interface ReconcileMetrics {
  /** Shows the counters of a family at 0: of one that appears with its first event `increase()` would tell nothing. */
  begin(family: Family): void;
  /** One wake-up of the reconcile loop, by its reason: `services-changed`, `retry`, `resync` ... */
  countWakeUp(reason: string): void;
  observeTransaction(family: Family, transaction: TransactionObservation): void;
  /** Services that cannot be programmed, and are left out until they can. */
  setQuarantinedServices(family: Family, services: number): void;
  /** Addresses and ports that more than one Service claims. */
  setConflicts(family: Family, conflicts: number): void;
  /** Elements the kernel ought to hold. */
  setElementsExpected(family: Family, elements: number): void;
  /** Elements that it was found to hold, when it was last compared. */
  setElementsFound(family: Family, elements: number): void;
  /** A comparison found that someone else had changed something. */
  countDriftEvent(family: Family): void;
  /** What someone else changed in our tables: elements found missing, changed or added. */
  countDriftFound(family: Family, elements: number): void;
  countDriftRepaired(family: Family, elements: number): void;
  /** Whether the kernel learns ClientIP affinity; else it goes by a hash of the source. */
  setAffinityLearnt(family: Family, isLearnt: boolean): void;
  /** When the kernel was last compared with what it ought to hold, in milliseconds since 1970. */
  setLastVerified(family: Family, timeMs: number): void;
}

/**
 * sluice's own metrics of reconciling, for which kube-proxy has no names. Gauges and counters are by family.
 * @throws Error where the registry has one of the names already.
 */
export function createReconcileMetrics(registry: Registry): ReconcileMetrics {
  const registers = [registry];
  const labelNames = ['ip_family'] as const;
  const gauge = (name: string, help: string): Gauge<'ip_family'> => new Gauge({ registers, name, help, labelNames });
  const counter = (name: string, help: string): Counter<'ip_family'> =>
    new Counter({ registers, name, help, labelNames });

  const wakeUps = new Counter({
    registers,
    name: 'sluice_reconcile_wakeups_total',
    help: 'Wake-ups of the reconcile loop, by reason.',
    labelNames: ['reason'] as const,
  });
  const transactions = new Counter({
    registers,
    name: 'sluice_transactions_total',
    help: 'Transactions sent to the kernel, by result.',
    labelNames: ['ip_family', 'result'] as const,
  });
  const transactionElements = new Histogram({
    registers,
    name: 'sluice_transaction_elements',
    help: 'Elements added and deleted by a transaction.',
    labelNames,
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 1e4, 1e5, 1e6],
  });
  const transactionDuration = new Histogram({
    registers,
    name: 'sluice_transaction_duration_seconds',
    help: 'How long a transaction took, from its text to the answer of the kernel.',
    labelNames,
    buckets: exponentialBuckets(0.001, 2, 14),
  });
  const quarantined = gauge('sluice_quarantined_services', 'Services that cannot be programmed and are left out.');
  const conflicts = gauge('sluice_conflicts', 'Addresses and ports that more than one Service claims.');
  const expected = gauge('sluice_elements_expected', 'Elements that the kernel ought to hold.');
  const found = gauge('sluice_elements_found', 'Elements that the kernel held when it was last compared.');
  const driftEvents = counter('sluice_drift_events_total', 'Comparisons that found changes by someone else.');
  const driftFound = counter('sluice_drift_found_total', 'Elements found missing, changed or added by someone else.');
  const driftRepaired = counter('sluice_drift_repaired_total', 'Elements put back as they ought to be.');
  const lastVerified = gauge(
    'sluice_last_verified_timestamp_seconds',
    'When the kernel was last compared with what it ought to hold.',
  );

  const affinityLearnt = gauge(
    'sluice_session_affinity_learnt',
    'Whether the kernel learns ClientIP affinity (1), or it goes by a hash of the source (0).',
  );

  return {
    begin: family => {
      const labels = { ip_family: familyLabel[family] };
      for (const result of ['applied', 'failed']) transactions.inc({ ...labels, result }, 0);
      for (const one of [driftEvents, driftFound, driftRepaired]) one.inc(labels, 0);
    },
    setAffinityLearnt: (family, isLearnt) => affinityLearnt.set({ ip_family: familyLabel[family] }, isLearnt ? 1 : 0),
    countWakeUp: reason => wakeUps.inc({ reason }),
    observeTransaction: (family, { result, elements, durationSeconds }) => {
      const labels = { ip_family: familyLabel[family] };
      transactions.inc({ ...labels, result });
      transactionElements.observe(labels, elements);
      transactionDuration.observe(labels, durationSeconds);
    },
    setQuarantinedServices: (family, services) => quarantined.set({ ip_family: familyLabel[family] }, services),
    setConflicts: (family, count) => conflicts.set({ ip_family: familyLabel[family] }, count),
    setElementsExpected: (family, elements) => expected.set({ ip_family: familyLabel[family] }, elements),
    setElementsFound: (family, elements) => found.set({ ip_family: familyLabel[family] }, elements),
    countDriftEvent: family => driftEvents.inc({ ip_family: familyLabel[family] }),
    countDriftFound: (family, elements) => driftFound.inc({ ip_family: familyLabel[family] }, elements),
    countDriftRepaired: (family, elements) => driftRepaired.inc({ ip_family: familyLabel[family] }, elements),
    setLastVerified: (family, timeMs) => lastVerified.set({ ip_family: familyLabel[family] }, timeMs / 1000),
  };
}
