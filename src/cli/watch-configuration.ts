import type { Registry } from 'prom-client';
import { forwardingSettings } from '../config/forwarding-settings.ts';
import { readText } from '../config/load.ts';
import { ConfigurationError } from '../config/problem.ts';
import { resolveConfiguration } from '../config/resolve.ts';
import type { Configuration } from '../config/schema.ts';
import { setOomScore } from '../kernel/oom-score.ts';
import { createAccess } from '../kube/auth.ts';
import type { Reconciler, ReconcilerTimes } from '../reconcile/reconciler.ts';
import type { HealthState } from '../telemetry/health-state.ts';
import type { LogControl } from '../telemetry/logger.ts';
import { createConfigurationMetrics } from '../telemetry/metrics/configuration.ts';
import type { Readiness } from '../telemetry/readiness.ts';
import type { ConfigurationSource } from './args.ts';
import { initialise } from './commands/init.ts';
import { ConfigReload, type RestartNeeded } from './config-reload.ts';
import { watchFile } from './file-watch.ts';
import type { LiveNode } from './live-node.ts';

/** Twice the sync period, as kube-proxy has it. */
export const healthTimeoutMs = (configuration: Configuration): number =>
  2 * forwardingSettings(configuration).syncPeriodMs;

export function reconcilerTimes(configuration: Configuration): ReconcilerTimes {
  const { syncPeriodMs, minSyncPeriodMs } = forwardingSettings(configuration);
  return {
    quietMs: configuration.sluice.syncQuietPeriodMs,
    maxDelayMs: configuration.sluice.syncMaxDelayMs,
    minPeriodMs: minSyncPeriodMs ?? 0,
    maxRetryMs: syncPeriodMs,
    verifyMs: configuration.sluice.verifyPeriodMs,
  };
}

export interface WatchConfigurationOptions {
  /** In force. */
  readonly configuration: Configuration;
  readonly source: Pick<ConfigurationSource, 'configFile' | 'flags'>;
  readonly master: string;
  readonly registry: Registry;
  readonly readiness: Readiness;
  readonly live: Pick<LiveNode, 'checkFamilies' | 'setConfiguration'> & {
    readonly reconciler: Pick<Reconciler, 'setTimes'> | undefined;
  };
  readonly health: HealthState;
  readonly log: LogControl;
  readonly onApplied: (configuration: Configuration) => void;
  readonly onRestartNeeded: (error: RestartNeeded) => void;
}

/** Watches the configuration file, if there is one, and puts in force what may change at run time. */
export function watchConfiguration(options: WatchConfigurationOptions): void {
  const { configuration, source, master, registry, readiness, live, log, onRestartNeeded } = options;
  const path = source.configFile;
  const metrics = createConfigurationMetrics(registry);
  if (path === undefined) return;
  const reload = new ConfigReload({
    configuration,
    read: () => readText(path),
    resolve: text => resolveConfiguration(source.flags, text),
    check: next => {
      const { fatal } = live.checkFamilies(next);
      if (fatal.length) throw new ConfigurationError(fatal);
      createAccess({ kubeconfig: next.clientConnection.kubeconfig, master });
    },
    apply: (next, fields) => apply(next, fields, options),
    onRestartNeeded,
    metrics,
    logger: log.logger.child({ component: 'configuration' }),
  });
  readiness.add(reload.readinessCheck);
  watchFile({ path, onChange: () => void reload.fileChanged() });
  // It may have changed since it was read.
  void reload.fileChanged();
}

function apply(next: Configuration, fields: readonly string[], options: WatchConfigurationOptions): void {
  const { live, health, log, onApplied } = options;
  const isChanged = (...sections: readonly string[]): boolean =>
    fields.some(field => sections.some(section => field === section || field.startsWith(`${section}.`)));
  // Only where the file has changed it: the level may have been set by hand.
  if (isChanged('logging.verbosity')) log.setVerbosity(next.logging.verbosity);
  if (isChanged('logging.vmodule')) log.setModules(next.logging.vmodule);
  onApplied(next);
  health.healthTimeoutMs = healthTimeoutMs(next);
  live.reconciler?.setTimes(reconcilerTimes(next));
  live.setConfiguration(next);
  const attempt = (work: Promise<unknown>): void =>
    void work.catch((error: unknown) => log.logger.warn({ err: error }, 'a setting of the node could not be changed'));
  if (isChanged('oomScoreAdj')) attempt(setOomScore(next.oomScoreAdj));
  if (isChanged('conntrack')) attempt(initialise(next, log.logger));
}
