import { Registry } from 'prom-client';
import { PROXY_INTERFACE } from '../../backend/legacy/remove-ipvs.ts';
import type { Configuration } from '../../config/schema.ts';
import { localAddresses } from '../../kernel/addresses.ts';
import { hasIPv6 } from '../../kernel/families.ts';
import { createAccess } from '../../kube/auth.ts';
import { createTransport } from '../../kube/transport.ts';
import { FAMILIES } from '../../model/ip.ts';
import { ProgrammingLatency } from '../../reconcile/programming-latency.ts';
import { HealthState } from '../../telemetry/health-state.ts';
import { KernelFreshness } from '../../telemetry/kernel-freshness.ts';
import type { LogControl } from '../../telemetry/logger.ts';
import { createProcessMetrics } from '../../telemetry/metrics/process.ts';
import { Readiness } from '../../telemetry/readiness.ts';
import type { ConfigurationSource } from '../args.ts';
import { bridgeSubnets } from '../bridge-fallback.ts';
import { Cluster } from '../cluster.ts';
import { isIpvs, watchesWeights } from '../ipvs-settings.ts';
import { keepInStep } from '../keep-in-step.ts';
import { kubernetesBuild } from '../kubernetes-build.ts';
import { requestReports, watchReports } from '../kube-reports.ts';
import { LiveNode } from '../live-node.ts';
import { readinessChecks } from '../readiness-checks.ts';
import { Reports } from '../reports.ts';
import { startServers } from '../servers.ts';
import { healthTimeoutMs, watchConfiguration } from '../watch-configuration.ts';
import { COMMIT, VERSION } from '../version.ts';

export interface RunOptions {
  readonly configuration: Configuration;
  /** Where that is from; its file is watched. */
  readonly source: Pick<ConfigurationSource, 'configFile' | 'flags'>;
  /** Overrides the server of the kubeconfig; empty for none. */
  readonly master: string;
  readonly nodeName: string;
  /** For /flagz. */
  readonly flags: ReadonlyMap<string, string>;
  readonly log: LogControl;
}

/**
 * The controller: watches the cluster and keeps the kernel in step, until it is ended. The rules stay when it ends.
 * @returns never but by an error that ends it
 * @throws Error for what the operator has to mend: configuration, access to the API server, nft, the kernel
 */
export async function run({ configuration, source, master, nodeName, flags, log }: RunOptions): Promise<never> {
  const { logger } = log;
  logger.info({ version: VERSION, commit: COMMIT, node: nodeName, pid: process.pid }, 'sluice starts');
  /** In force by now. */
  let current = configuration;

  const fatal = Promise.withResolvers<never>();
  const registry = new Registry();
  const processMetrics = createProcessMetrics(registry, { version: VERSION, revision: COMMIT });
  const health = new HealthState({ healthTimeoutMs: healthTimeoutMs(configuration), now: () => Date.now() });
  const kernel = new KernelFreshness({
    // The next comparison comes a tenth of the period late at most, and may then take as long as a change.
    maxAgeMs: () => 1.1 * current.sluice.verifyPeriodMs + health.healthTimeoutMs,
    now: () => performance.now(),
  });
  const readiness = new Readiness();
  startServers({
    configuration,
    current: () => current,
    registry,
    health,
    readiness,
    flags,
    setVerbosity: to => log.setVerbosity(to),
    logger,
    onFatal: fatal.reject,
  });

  const access = createAccess({ kubeconfig: configuration.clientConnection.kubeconfig, master });
  const transport = createTransport({ access, userAgent: `sluice/${VERSION}`, observer: requestReports(registry) });
  const families = FAMILIES.filter(family => family === 'ipv4' || hasIPv6());
  const latency = new ProgrammingLatency(Date.now());
  const reports = new Reports({ registry, health, kernel, latency, logger });
  const { bridgeFallbackSNAT } = configuration.ipvs;
  const live = new LiveNode({
    configuration,
    nodeName,
    families,
    health,
    logger,
    // Those of Services are no addresses of the node; kube-proxy's mode ipvs may have left thousands.
    localAddresses: () => localAddresses(PROXY_INTERFACE),
    ...(isIpvs(configuration) && { bridgeSubnets: () => bridgeSubnets(bridgeFallbackSNAT, families) }),
  });

  const cluster = new Cluster({
    nodeName,
    watchesWeights: watchesWeights(configuration),
    transport,
    observer: watchReports(registry, logger),
    logger,
    onServices: owners => {
      live.reconciler?.touch(owners);
      reports.sync.setServiceChangesPending(live.reconciler?.waiting ?? 0);
    },
    onServiceEvents: count => reports.sync.countServiceChanges(count * families.length),
    onSlice: event => reports.countSlice(event),
    onNode: node => {
      processMetrics.setKubernetesBuild(kubernetesBuild(node));
      live.setNode(node);
    },
    onServiceCIDRs: cidrs => live.setServiceCIDRs(cidrs),
  });
  watchConfiguration({
    configuration,
    source,
    master,
    registry,
    readiness,
    live,
    health,
    log,
    onApplied: applied => {
      current = applied;
    },
    onRestartNeeded: fatal.reject,
  });
  for (const check of readinessChecks({ reflectors: () => cluster.status(), health, kernel })) readiness.add(check);
  keepInStep({
    configuration,
    current: () => current,
    nodeName,
    families,
    cluster,
    live,
    reports,
    health,
    registry,
    transport,
    logger,
  }).catch(fatal.reject);
  return fatal.promise;
}
