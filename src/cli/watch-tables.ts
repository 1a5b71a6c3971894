import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { isLearnt, TABLE } from '../backend/nftables/schema.ts';
import type { TouchedParts } from '../backend/nftables/touched-parts.ts';
import type { Configuration } from '../config/schema.ts';
import type { Nft } from '../kernel/nft.ts';
import { seesAllPids } from '../kernel/own-processes.ts';
import { commandLineOf } from '../kernel/process-title.ts';
import { TableMonitor } from '../kernel/table-monitor.ts';
import type { EventRecorder } from '../kube/event-recorder.ts';
import type { Family } from '../model/ip.ts';
import { createMonitorMetrics } from '../telemetry/metrics/monitor.ts';
import { TableWatch } from './table-watch.ts';

export interface WatchTablesOptions {
  readonly configuration: Configuration;
  readonly families: readonly Family[];
  /** By which this program writes. */
  readonly nft: Nft;
  /** Where what others have touched is noted. */
  readonly touched: TouchedParts;
  readonly registry: Registry;
  readonly events: EventRecorder;
  readonly node: { readonly name: string; readonly uid?: string };
  readonly compare: () => void;
  readonly logger: Logger;
}

/**
 * Watches the tables for changes by others, whatever backend they belong to.
 * @returns when changes are told, or cannot be; undefined where the configuration does not want it
 */
export async function watchTables(options: WatchTablesOptions): Promise<TableWatch | undefined> {
  const { configuration, families, nft, touched, registry, events, node, compare, logger } = options;
  const metrics = createMonitorMetrics(registry, families);
  metrics.setWatching(false);
  metrics.setContested(false);
  if (!configuration.sluice.monitorTables) return undefined;
  const watch = new TableWatch({
    families,
    isOwn: author => nft.processes.made(author),
    isHarmless: ({ what, name }) => what === 'element' && isLearnt(name),
    touched,
    compare,
    // A pid of elsewhere would be that of another process here.
    commandLineOf: pid => (seesAllPids() ? commandLineOf(pid) : undefined),
    metrics,
    events,
    node,
    logger: logger.child({ component: 'monitor' }),
  });
  const monitor = new TableMonitor({
    table: TABLE,
    onCommit: commit => watch.onCommit(commit),
    onGap: () => watch.onGap(),
    onState: state => watch.onState(state),
  });
  await monitor.ready;
  return watch;
}
