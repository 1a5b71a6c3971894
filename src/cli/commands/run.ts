import { Registry } from 'prom-client';
import { createFlowCleaner } from '../../backend/conntrack/apply.ts';
import { PROXY_INTERFACE } from '../../backend/legacy/remove-ipvs.ts';
import { readAhead } from '../../backend/nftables/table-reader.ts';
import { TouchedParts } from '../../backend/nftables/touched-parts.ts';
import { ConfigurationError } from '../../config/problem.ts';
import type { Configuration } from '../../config/schema.ts';
import { monitorAddresses } from '../../kernel/address-monitor.ts';
import { localAddresses } from '../../kernel/addresses.ts';
import { hasIPv6 } from '../../kernel/families.ts';
import { favourMemory } from '../../kernel/memory.ts';
import { Nft } from '../../kernel/nft.ts';
import { ScratchFile } from '../../kernel/scratch-file.ts';
import { setOomScore } from '../../kernel/oom-score.ts';
import { dumpSets } from '../../kernel/set-dump.ts';
import { createAccess } from '../../kube/auth.ts';
import { createEventRecorder } from '../../kube/event-recorder.ts';
import { createTransport } from '../../kube/transport.ts';
import { FAMILIES } from '../../model/ip.ts';
import { planService } from '../../plan/service-plan.ts';
import { ProgrammingLatency } from '../../reconcile/programming-latency.ts';
import { Reconciler } from '../../reconcile/reconciler.ts';
import { HealthState } from '../../telemetry/health-state.ts';
import { KernelFreshness } from '../../telemetry/kernel-freshness.ts';
import type { LogControl } from '../../telemetry/logger.ts';
import { createConntrackMetrics } from '../../telemetry/metrics/conntrack.ts';
import { createProcessMetrics } from '../../telemetry/metrics/process.ts';
import { createServiceTrafficMetrics } from '../../telemetry/metrics/service-traffic.ts';
import { Readiness } from '../../telemetry/readiness.ts';
import { ServiceTraffic } from '../../telemetry/service-traffic.ts';
import type { ConfigurationSource } from '../args.ts';
import { bridgeSubnets } from '../bridge-fallback.ts';
import { Cluster } from '../cluster.ts';
import { ConflictReports } from '../conflict-reports.ts';
import { startForwarding } from '../forwarding.ts';
import { isIpvs, watchesWeights } from '../ipvs-settings.ts';
import { startHealthChecks } from '../health-checks.ts';
import { kubernetesBuild } from '../kubernetes-build.ts';
import { requestReports, watchReports } from '../kube-reports.ts';
import { LiveNode } from '../live-node.ts';
import { waitForNode } from '../node-wait.ts';
import { readinessChecks } from '../readiness-checks.ts';
import { Reports } from '../reports.ts';
import { startServers } from '../servers.ts';
import { healthTimeoutMs, reconcilerTimes, watchConfiguration } from '../watch-configuration.ts';
import { watchTables } from '../watch-tables.ts';
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
  const newNft = (): Nft =>
    new Nft({ path: configuration.sluice.nftPath, runtimeDirectory: configuration.sluice.runtimeDirectory });
  const nft = newNft();
  const readingNft = newNft();
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
  const forever = new AbortController().signal;
  const work = async (): Promise<void> => {
    void cluster.watchNode(forever);
    const watching = cluster.watchServices(forever);
    const node = await waitForNode(() => cluster.node, current.detectLocalMode === 'NodeCIDR', logger);
    const problems = live.checkFamilies(current);
    for (const { field, message } of problems.warnings) logger.warn({ field }, `configuration: ${message}`);
    if (problems.fatal.length) throw new ConfigurationError(problems.fatal);

    const events = createEventRecorder({ transport, logger: logger.child({ component: 'events' }), nodeName });
    let isContentStale = false;
    const touched = new TouchedParts();
    const tables = await watchTables({
      configuration,
      families,
      nft,
      touched,
      registry,
      events,
      node: { name: nodeName, ...(node && { uid: node.uid }) },
      compare: () => {
        isContentStale = true;
        live.reconciler?.verifyNow('drift');
      },
      logger,
    });
    // It takes as long as the API server takes, which tells what it has already, and longer than to try nft out.
    const contents = readAhead(families, { nft: readingNft, dump: dumpSets, logger });
    const forwarding = await startForwarding({
      configuration,
      nft,
      readingNft,
      families,
      touched,
      live,
      reports,
      events,
      registry,
      logger,
    });
    const { backend } = forwarding;
    await setOomScore(current.oomScoreAdj).catch((error: unknown) =>
      logger.warn({ err: error }, 'oomScoreAdj could not be set'),
    );

    createServiceTrafficMetrics(
      registry,
      new ServiceTraffic({
        source: backend.traffic,
        now: () => performance.now(),
        logger: logger.child({ component: 'traffic' }),
      }),
    );
    // What others have changed since is read anew.
    if (!isContentStale) backend.readAhead(contents);
    events.record({
      regarding: { kind: 'Node', name: nodeName, ...(node && { uid: node.uid }) },
      type: 'Normal',
      reason: 'Starting',
      action: 'StartKubeProxy',
      note: '',
    });
    const conntrackMetrics = createConntrackMetrics(registry);
    const flows = createFlowCleaner({
      families,
      isLocal: address => live.isLocal(address),
      onCleaned: (family, { seconds, deleted }) => conntrackMetrics.observeCleanup(family, seconds, deleted),
      scratch: new ScratchFile(configuration.sluice.runtimeDirectory),
      logger: logger.child({ component: 'conntrack' }),
    });
    const healthChecks = startHealthChecks({ live, health, index: cluster.index, events, logger });
    let isComplete = false;
    const afterFirstCommit = (): void => {
      favourMemory();
      // Ours first, then what another mode left behind.
      void forwarding.removeOtherModes();
    };
    const conflicts = new ConflictReports(cluster.index, events, logger);
    const loop = reports.loop;
    const reconciler: Reconciler = new Reconciler({
      backend,
      followers: [flows, ...forwarding.followers],
      plan: (owner, family) => {
        const service = cluster.index.service(owner);
        const slices = cluster.index.slicesOf(owner, family);
        return service && planService({ service, slices, weights: cluster.weights }, family, live.view);
      },
      times: reconcilerTimes(current),
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
    live.start(reconciler, backend, () => cluster.index.serviceKeys());
    reports.follow(families, {
      reconciler,
      expectedElements: family => backend.expectedElements(family),
      conflicts: family => backend.conflicts(family).length,
    });
    void reconciler.run(forever);
    await watching;
    reconciler.touch(cluster.index.serviceKeys());
    await live.refreshAddresses();
    monitorAddresses({
      onChange: () => void forwarding.onAddresses(),
      onError: error => logger.warn({ err: error }, 'the addresses of this host are not watched for a moment'),
    });
    reconciler.start();
  };
  work().catch(fatal.reject);
  return fatal.promise;
}
