import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import { familyLabel } from '../../model/ip.ts';
import type { Family } from '../../model/ip.ts';
import { networkProgrammingBuckets, syncDurationBuckets } from './buckets.ts';

/** A full sync compares everything, a partial one only what changed. */
export type SyncKind = 'full' | 'partial';

export interface SyncMetrics {
  /** Shows what dashboards choose instances by, before there is anything to observe. */
  begin(family: Family): void;
  /** Every sync counts, the failed ones too; none before the first full state has been received. */
  observeSync(family: Family, kind: SyncKind, durationSeconds: number): void;
  /** Time of the last successful sync, in milliseconds since 1970. */
  setLastSynced(family: Family, timeMs: number): void;
  /** Time at which a sync was last asked for, in milliseconds since 1970; also set when the loop starts. */
  setLastQueued(family: Family, timeMs: number): void;
  /** From the trigger time of an EndpointSlice change until it is programmed. */
  observeNetworkProgramming(family: Family, durationSeconds: number): void;
  /** Service ports that have endpoints, but none on this node under a policy Local. */
  setNoLocalEndpoints(family: Family, policy: 'internal' | 'external', servicePorts: number): void;
  countServiceChanges(changes: number): void;
  setServiceChangesPending(services: number): void;
  countEndpointChanges(changes: number): void;
  setEndpointChangesPending(slices: number): void;
}

/**
 * kube-proxy's metrics of syncs and changes (pkg/proxy/metrics, 1.34 and later: most are by family). Dashboards and the
 * network programming SLO rely on names, labels and buckets.
 * @throws Error where the registry has one of the names already.
 */
export function createSyncMetrics(registry: Registry): SyncMetrics {
  const registers = [registry];
  const byFamily = ['ip_family'] as const;
  const duration = (name: string, help: string): Histogram<'ip_family'> =>
    new Histogram({ registers, name, help, labelNames: byFamily, buckets: syncDurationBuckets });

  const syncDuration = duration(
    'kubeproxy_sync_proxy_rules_duration_seconds',
    '[ALPHA] SyncProxyRules latency in seconds',
  );
  const byKind = {
    full: duration(
      'kubeproxy_sync_full_proxy_rules_duration_seconds',
      '[ALPHA] SyncProxyRules latency in seconds for full resyncs',
    ),
    partial: duration(
      'kubeproxy_sync_partial_proxy_rules_duration_seconds',
      '[ALPHA] SyncProxyRules latency in seconds for partial resyncs',
    ),
  };
  const lastSynced = new Gauge({
    registers,
    name: 'kubeproxy_sync_proxy_rules_last_timestamp_seconds',
    help: '[ALPHA] The last time proxy rules were successfully synced',
    labelNames: byFamily,
  });
  const lastQueued = new Gauge({
    registers,
    name: 'kubeproxy_sync_proxy_rules_last_queued_timestamp_seconds',
    help: '[ALPHA] The last time a sync of proxy rules was queued',
    labelNames: byFamily,
  });
  const networkProgramming = new Histogram({
    registers,
    name: 'kubeproxy_network_programming_duration_seconds',
    help: '[ALPHA] In Cluster Network Programming Latency in seconds',
    labelNames: byFamily,
    buckets: networkProgrammingBuckets,
  });
  const noLocalEndpoints = new Gauge({
    registers,
    name: 'kubeproxy_sync_proxy_rules_no_local_endpoints_total',
    help: '[ALPHA] Number of services with a Local traffic policy and no endpoints',
    labelNames: ['ip_family', 'traffic_policy'] as const,
  });
  const changes = (object: 'Service' | 'Endpoint'): { pending: Gauge; total: Counter } => {
    const prefix = `kubeproxy_sync_proxy_rules_${object.toLowerCase()}_changes`;
    const pendingHelp = `[ALPHA] Pending proxy rules ${object} changes`;
    const totalHelp = `[ALPHA] Cumulative proxy rules ${object} changes`;
    return {
      pending: new Gauge({ registers, name: `${prefix}_pending`, help: pendingHelp }),
      total: new Counter({ registers, name: `${prefix}_total`, help: totalHelp }),
    };
  };
  const serviceChanges = changes('Service');
  const endpointChanges = changes('Endpoint');

  return {
    begin: family => networkProgramming.zero({ ip_family: familyLabel[family] }),
    observeSync: (family, kind, durationSeconds) => {
      const labels = { ip_family: familyLabel[family] };
      syncDuration.observe(labels, durationSeconds);
      byKind[kind].observe(labels, durationSeconds);
    },
    setLastSynced: (family, timeMs) => lastSynced.set({ ip_family: familyLabel[family] }, timeMs / 1000),
    setLastQueued: (family, timeMs) => lastQueued.set({ ip_family: familyLabel[family] }, timeMs / 1000),
    observeNetworkProgramming: (family, durationSeconds) =>
      networkProgramming.observe({ ip_family: familyLabel[family] }, durationSeconds),
    setNoLocalEndpoints: (family, policy, servicePorts) =>
      noLocalEndpoints.set({ ip_family: familyLabel[family], traffic_policy: policy }, servicePorts),
    countServiceChanges: count => serviceChanges.total.inc(count),
    setServiceChangesPending: services => serviceChanges.pending.set(services),
    countEndpointChanges: count => endpointChanges.total.inc(count),
    setEndpointChangesPending: slices => endpointChanges.pending.set(slices),
  };
}
