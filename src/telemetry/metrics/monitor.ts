import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import { familyLabel } from '../../model/ip.ts';
import type { Family } from '../../model/ip.ts';

export interface MonitorMetrics {
  /** Whether changes by others are told as they are made. */
  setWatching(isWatching: boolean): void;
  /** Some changes may have been missed. */
  countGap(): void;
  /** Another program's transaction touched a table of ours. */
  countForeignTransaction(family: Family): void;
  /** Whether somebody keeps writing to our tables, so that repairs are held back. */
  setContested(isContested: boolean): void;
}

/**
 * Metrics of what others do to our tables; what a comparison finds of it is counted as drift.
 * @param families whose counters begin at 0, so that an alert sees the first change
 * @throws Error where the registry has one of the names already.
 */
export function createMonitorMetrics(registry: Registry, families: readonly Family[]): MonitorMetrics {
  const registers = [registry];
  const watching = new Gauge({
    registers,
    name: 'sluice_monitor_up',
    help: 'Whether changes that others make to our tables are told as they are made (1), or found by comparing only (0).',
  });
  const gaps = new Counter({
    registers,
    name: 'sluice_monitor_gaps_total',
    help: 'Times after which changes by others may have been missed, so that the kernel was compared.',
  });
  const foreign = new Counter({
    registers,
    name: 'sluice_foreign_transactions_total',
    help: 'Transactions of other programs that touched our tables.',
    labelNames: ['ip_family'] as const,
  });
  for (const family of families) foreign.inc({ ip_family: familyLabel[family] }, 0);
  const contested = new Gauge({
    registers,
    name: 'sluice_tables_contested',
    help: 'Whether another program keeps writing to our tables, so that repairs are held back (1).',
  });
  return {
    setWatching: isWatching => watching.set(isWatching ? 1 : 0),
    countGap: () => gaps.inc(),
    countForeignTransaction: family => foreign.inc({ ip_family: familyLabel[family] }),
    setContested: isContested => contested.set(isContested ? 1 : 0),
  };
}
