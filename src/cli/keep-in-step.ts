import { readAhead } from '../backend/nftables/table-reader.ts';
import { TouchedParts } from '../backend/nftables/touched-parts.ts';
import { ConfigurationError } from '../config/problem.ts';
import { monitorAddresses } from '../kernel/address-monitor.ts';
import { Nft } from '../kernel/nft.ts';
import { setOomScore } from '../kernel/oom-score.ts';
import { dumpSets } from '../kernel/set-dump.ts';
import { createEventRecorder } from '../kube/event-recorder.ts';
import type { Transport } from '../kube/transport.ts';
import { createServiceTrafficMetrics } from '../telemetry/metrics/service-traffic.ts';
import { ServiceTraffic } from '../telemetry/service-traffic.ts';
import { createReconciler, type CreateReconcilerOptions } from './create-reconciler.ts';
import { startForwarding } from './forwarding.ts';
import { waitForNode } from './node-wait.ts';
import { watchTables } from './watch-tables.ts';

export interface KeepInStepOptions extends Omit<CreateReconcilerOptions, 'forwarding' | 'tables' | 'events'> {
  readonly nodeName: string;
  readonly transport: Transport;
}

/**
 * Watches the cluster, takes hold of the kernel meanwhile, and starts the loop as soon as the whole cluster is known.
 * @throws Error for what the operator has to mend: configuration, nft, the kernel
 */
export async function keepInStep(options: KeepInStepOptions): Promise<void> {
  const { configuration, current, nodeName, families, cluster, live, reports, registry, transport, logger } = options;
  const forever = new AbortController().signal;
  void cluster.watchNode(forever);
  const watching = cluster.watchServices(forever);
  const known = await waitForNode(() => cluster.node, current().detectLocalMode === 'NodeCIDR', logger);
  refuseProblems(options);

  const node = { name: nodeName, ...(known && { uid: known.uid }) };
  const events = createEventRecorder({ transport, logger: logger.child({ component: 'events' }), nodeName });
  const { nftPath: path, runtimeDirectory } = configuration.sluice;
  const nft = new Nft({
    path,
    runtimeDirectory,
    isKept: true,
    onGivenUp: (reason, forMs) =>
      logger.info({ reason, nextMs: forMs }, 'each change has an nft process of its own for a while'),
  });
  const readingNft = new Nft({ path, runtimeDirectory });
  const touched = new TouchedParts();
  const tables = await watchTables({
    configuration,
    families,
    nft,
    touched,
    registry,
    events,
    node,
    compare: () => live.reconciler?.verifyNow('drift'),
    logger,
  });
  // It takes as long as the API server takes, which tells what it has already, and longer than to try nft out.
  const contents = tables?.isWatching ? readAhead(families, { nft: readingNft, dump: dumpSets, logger }) : undefined;
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
  await setOomScore(current().oomScoreAdj).catch((error: unknown) =>
    logger.warn({ err: error }, 'oomScoreAdj could not be set'),
  );
  const { backend } = forwarding;
  const traffic = logger.child({ component: 'traffic' });
  createServiceTrafficMetrics(
    registry,
    new ServiceTraffic({ source: backend.traffic, now: () => performance.now(), logger: traffic }),
  );
  events.record({
    regarding: { kind: 'Node', ...node },
    type: 'Normal',
    reason: 'Starting',
    action: 'StartKubeProxy',
    note: '',
  });

  const reconciler = createReconciler({ ...options, forwarding, tables, events });
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
  // That may be long ago. What others have changed since is put right after the first comparison, since it is told.
  if (contents && tables?.isWatching) backend.readAhead(contents);
  reconciler.start();
}

/** @throws ConfigurationError for what cannot be on this host */
function refuseProblems({ live, current, logger }: KeepInStepOptions): void {
  const { warnings, fatal } = live.checkFamilies(current());
  for (const { field, message } of warnings) logger.warn({ field }, `configuration: ${message}`);
  if (fatal.length) throw new ConfigurationError(fatal);
}
