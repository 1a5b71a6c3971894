import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { createFlowCleaner } from '../backend/conntrack/apply.ts';
import type { Configuration } from '../config/schema.ts';
import { favourMemory } from '../kernel/memory.ts';
import { ScratchFile } from '../kernel/scratch-file.ts';
import type { EventRecorder } from '../kube/event-recorder.ts';
import type { Family } from '../model/ip.ts';
import { planService } from '../plan/service-plan.ts';
import { Reconciler } from '../reconcile/reconciler.ts';
import type { HealthState } from '../telemetry/health-state.ts';
import { createConntrackMetrics } from '../telemetry/metrics/conntrack.ts';
import type { Cluster } from './cluster.ts';
import { ConflictReports } from './conflict-reports.ts';
import type { Forwarding } from './forwarding.ts';
import { startHealthChecks } from './health-checks.ts';
import type { LiveNode } from './live-node.ts';
import type { Reports } from './reports.ts';
import type { TableWatch } from './table-watch.ts';
import { reconcilerTimes } from './watch-configuration.ts';

export interface CreateReconcilerOptions {
  readonly configuration: Configuration;
  /** What is in force by now. */
  readonly current: () => Configuration;
  readonly families: readonly Family[];
  readonly cluster: Cluster;
  readonly live: LiveNode;
  readonly reports: Reports;
  readonly health: HealthState;
  readonly registry: Registry;
  readonly logger: Logger;
  readonly forwarding: Forwarding;
  /** Undefined where changes by others are not watched. */
  readonly tables: TableWatch | undefined;
  readonly events: EventRecorder;
}

/** The loop, with all that follows what it has applied: flows, health checks of Services, conflicts, other modes' leftovers. */
export function createReconciler(options: CreateReconcilerOptions): Reconciler {
  const { current, families, cluster, live, health, reports, forwarding, tables, events, logger } = options;
  const { backend } = forwarding;
  const { loop } = reports;
  const healthChecks = startHealthChecks({ live, health, index: cluster.index, events, logger });
  const conflicts = new ConflictReports(cluster.index, events, logger);
  let isComplete = false;
  const afterFirstCommit = (): void => {
    favourMemory();
    // Ours first, then what another mode left behind.
    void forwarding.removeOtherModes();
  };
  const reconciler: Reconciler = new Reconciler({
    backend,
    followers: [flowCleaner(options), ...forwarding.followers],
    plan: (owner, family) => {
      const service = cluster.index.service(owner);
      const slices = cluster.index.slicesOf(owner, family);
      return service && planService({ service, slices, weights: cluster.weights }, family, live.view);
    },
    times: reconcilerTimes(current()),
    observer: {
      ...loop,
      began: reasons => {
        loop.began(reasons);
        tables?.began(reasons);
      },
      failed: (error, seconds) => {
        loop.failed(error, seconds);
        tables?.ended();
      },
      applied: outcome => {
        loop.applied(outcome);
        tables?.ended();
        if (!isComplete) afterFirstCommit();
        isComplete = true;
        for (const family of families) {
          healthChecks.update(family, reconciler.status.healthChecks(family));
          conflicts.update(family, backend.conflicts(family));
        }
      },
    },
    logger: logger.child({ component: 'reconciler' }),
  });
  return reconciler;
}

function flowCleaner({ configuration, families, live, registry, logger }: CreateReconcilerOptions) {
  const metrics = createConntrackMetrics(registry);
  return createFlowCleaner({
    families,
    isLocal: address => live.isLocal(address),
    onCleaned: (family, { seconds, deleted }) => metrics.observeCleanup(family, seconds, deleted),
    scratch: new ScratchFile(configuration.sluice.runtimeDirectory),
    logger: logger.child({ component: 'conntrack' }),
  });
}
