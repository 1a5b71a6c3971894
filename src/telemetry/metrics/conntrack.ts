import { Counter, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import { familyLabel } from '../../model/ip.ts';
import type { Family } from '../../model/ip.ts';
import { syncDurationBuckets } from './buckets.ts';

export interface ConntrackMetrics {
  /** One clean-up of stale flows: how long it took, and how many flows it deleted. */
  observeCleanup(family: Family, durationSeconds: number, deletedFlows: number): void;
}

/**
 * kube-proxy's metrics of its clean-up of stale UDP flows. Registers at the first clean-up: where none ever runs, there
 * is nothing to show.
 * @throws Error at the first observation, where the registry has one of the names already.
 */
export function createConntrackMetrics(registry: Registry): ConntrackMetrics {
  let registered: ReturnType<typeof register> | undefined;
  return {
    observeCleanup: (family, durationSeconds, deletedFlows) => {
      registered ??= register(registry);
      registered.duration.observe({ ip_family: familyLabel[family] }, durationSeconds);
      registered.deleted.inc({ ip_family: familyLabel[family] }, deletedFlows);
    },
  };
}

function register(registry: Registry): { duration: Histogram<'ip_family'>; deleted: Counter<'ip_family'> } {
  const registers = [registry];
  const labelNames = ['ip_family'] as const;
  return {
    duration: new Histogram({
      registers,
      name: 'kubeproxy_conntrack_reconciler_sync_duration_seconds',
      help: '[ALPHA] ReconcileConntrackFlowsLatency latency in seconds',
      labelNames,
      buckets: syncDurationBuckets,
    }),
    deleted: new Counter({
      registers,
      name: 'kubeproxy_conntrack_reconciler_deleted_entries_total',
      help: '[ALPHA] Cumulative conntrack flows deleted by conntrack reconciler',
      labelNames,
    }),
  };
}
