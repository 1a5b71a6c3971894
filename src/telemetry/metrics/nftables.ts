import { Counter } from 'prom-client';
import type { Registry } from 'prom-client';
import { familyLabel } from '../../model/ip.ts';
import type { Family } from '../../model/ip.ts';

export interface NftablesMetrics {
  /** Shows the counters of a family at 0. */
  begin(family: Family): void;
  /** A transaction that nft refused, or that could not be run. */
  countSyncFailure(family: Family): void;
  /** Something stale that could not be deleted. */
  countCleanupFailure(family: Family): void;
}

/**
 * kube-proxy's metrics of nftables mode (pkg/proxy/metrics): to be registered in that mode only, as kube-proxy does.
 * @throws Error where the registry has one of the names already.
 */
export function createNftablesMetrics(registry: Registry): NftablesMetrics {
  const counter = (name: string, help: string): Counter<'ip_family'> =>
    new Counter({ registers: [registry], name, help, labelNames: ['ip_family'] as const });
  const syncFailures = counter(
    'kubeproxy_sync_proxy_rules_nftables_sync_failures_total',
    '[ALPHA] Cumulative proxy nftables sync failures',
  );
  const cleanupFailures = counter(
    'kubeproxy_sync_proxy_rules_nftables_cleanup_failures_total',
    '[ALPHA] Cumulative proxy nftables cleanup failures',
  );
  return {
    begin: family => {
      for (const one of [syncFailures, cleanupFailures]) one.inc({ ip_family: familyLabel[family] }, 0);
    },
    countSyncFailure: family => syncFailures.inc({ ip_family: familyLabel[family] }),
    countCleanupFailure: family => cleanupFailures.inc({ ip_family: familyLabel[family] }),
  };
}
