import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { IpvsBackend } from '../backend/ipvs/apply.ts';
import { retireWhenIdle } from '../backend/ipvs/retire.ts';
import { removeOtherModes } from '../backend/legacy/apply.ts';
import { NftablesBackend } from '../backend/nftables/apply.ts';
import { createPinCleaner } from '../backend/nftables/pin-cleaner.ts';
import { probeNftables } from '../backend/nftables/probe.ts';
import type { TouchedParts } from '../backend/nftables/touched-parts.ts';
import { forwardingSettings } from '../config/forwarding-settings.ts';
import type { Configuration } from '../config/schema.ts';
import { Ipvsadm } from '../kernel/ipvsadm.ts';
import { listLocalRoutes, systemRoutes } from '../kernel/local-routes.ts';
import type { Nft } from '../kernel/nft.ts';
import { ScratchFile } from '../kernel/scratch-file.ts';
import { dumpSets } from '../kernel/set-dump.ts';
import type { EventRecorder } from '../kube/event-recorder.ts';
import { cidrContains, type Family } from '../model/ip.ts';
import type { Follower } from '../reconcile/reconciler.ts';
import { excludedFrom, ipvsOptionsOf } from './ipvs-settings.ts';
import { IpvsStatistics } from '../telemetry/ipvs-statistics.ts';
import { createIpvsMetrics } from '../telemetry/metrics/ipvs.ts';
import type { LiveNode } from './live-node.ts';
import type { Reports } from './reports.ts';

export interface ForwardingOptions {
  readonly configuration: Configuration;
  readonly nft: Nft;
  /** For what need not wait for changes, nor they for it. */
  readonly readingNft: Nft;
  readonly families: readonly Family[];
  /** What other programs have touched. */
  readonly touched: TouchedParts;
  readonly live: LiveNode;
  readonly reports: Reports;
  readonly events: EventRecorder;
  readonly registry: Registry;
  readonly logger: Logger;
}

/** What keeps the kernel in step, in the mode that was asked for. */
export interface Forwarding {
  readonly backend: NftablesBackend;
  /** What has to follow the rules of this mode. */
  readonly followers: readonly Follower[];
  /** Removes what another mode has left; to be called once when ours is in force. Never throws. */
  readonly removeOtherModes: () => Promise<void>;
  /** Takes in that addresses of this host came or went; the kernel removes routes whose source goes. Never throws. */
  readonly onAddresses: () => Promise<void>;
}

/**
 * Tries out nft with the rules of the mode, and makes the backend.
 * @throws Error that says what is missing
 */
export async function startForwarding(options: ForwardingOptions): Promise<Forwarding> {
  const { configuration, nft, live, families, reports, logger } = options;
  const mode = forwardingSettings(configuration).backend;
  live.setLocalClusterIPs(mode === 'nftables' && (await hasRoutesToClusterIPs(families, logger)));
  const probe = await probeNftables(nft, live.rulesets);
  if (probe.problems.length) throw new Error(`this node cannot run ${mode} mode: ${probe.problems.join('; ')}`);
  logger.info({ nft: probe.version, families }, 'nft and kernel take the rules');
  const forwarding = mode === 'ipvs' ? ipvs(options) : nftables(options, probe);
  const learnt = mode === 'ipvs' ? families : families.filter(family => !probe.cannotLearn.includes(family));
  for (const family of families) reports.tellAffinity(family, learnt.includes(family), probe.version);
  return forwarding;
}

/** What both modes have from the outside. */
const tableOptions = ({ nft, readingNft, touched, live, reports, logger }: ForwardingOptions, component: string) => ({
  nft,
  readingNft,
  dump: dumpSets,
  touched,
  rulesets: live.rulesets,
  logger: logger.child({ component }),
  onTransaction: reports.transactions,
  onCleanupFailure: (family: Family) => reports.cleanupFailed(family),
});

function nftables(options: ForwardingOptions, probe: Awaited<ReturnType<typeof probeNftables>>): Forwarding {
  const { families, nft, live, configuration, logger } = options;
  live.hashAffinity(probe.cannotLearn);
  return {
    backend: new NftablesBackend(tableOptions(options, 'nftables')),
    followers: [createPinCleaner({ families, nft, dump: dumpSets, logger: logger.child({ component: 'affinity' }) })],
    onAddresses: () => live.refreshAddresses(),
    removeOtherModes: async () => {
      await removeOtherModes(legacyOptions(options));
      // Until it is done packets to ClusterIPs come in to this host, and the rules guard its own sockets.
      await retireWhenIdle({
        families,
        nft,
        ipvsadm: new Ipvsadm({ path: configuration.ipvs.ipvsadmPath }),
        routes: systemRoutes(new ScratchFile(configuration.sluice.runtimeDirectory)),
        excludeCIDRs: excludedFrom(configuration),
        logger: logger.child({ component: 'legacy' }),
      });
      live.setLocalClusterIPs(false);
    },
  };
}

/** Whether mode ipvs of before has left its routes. */
export async function hasRoutesToClusterIPs(families: readonly Family[], logger: Logger): Promise<boolean> {
  try {
    for (const family of families) if ((await listLocalRoutes(family)).length) return true;
  } catch (error) {
    logger.warn({ err: error }, 'it cannot be seen whether mode ipvs has left routes');
  }
  return false;
}

const legacyOptions = ({ families, configuration, logger }: ForwardingOptions) => ({
  families,
  runtimeDirectory: configuration.sluice.runtimeDirectory,
  logger: logger.child({ component: 'legacy' }),
});

function ipvs(options: ForwardingOptions): Forwarding {
  const { configuration, touched, live, events, registry, logger } = options;
  const { ipvs: settings, sluice } = configuration;
  const common = ipvsOptionsOf(configuration, live.view.name);
  const log = logger.child({ component: 'ipvs' });
  const ipvsadm = new Ipvsadm({
    path: settings.ipvsadmPath,
    onRestart: reason => {
      statistics.countRestart();
      log.warn({ reason }, 'ipvsadm is started anew');
    },
  });
  const excludeCIDRs = excludedFrom(configuration);
  const backend = new IpvsBackend({
    ...tableOptions(options, 'ipvs'),
    ipvsadm,
    localRoutes: systemRoutes(new ScratchFile(sluice.runtimeDirectory)),
    settings: common,
    drainTimeoutMs: settings.drainTimeoutMs,
    arpGuard: settings.arpGuard,
    excludeCIDRs,
    manageForeign: settings.manageForeign,
    sourceOf: family => {
      const address = live.view.addresses[family];
      return address !== undefined && live.isLocal(address) ? address : undefined;
    },
    ownAddresses: family => live.ownAddresses(family),
    onMissingScheduler: (owner, scheduler) => {
      log.error({ service: owner, scheduler }, 'the kernel has no such scheduler; the common one is used');
      const [namespace = '', name = ''] = owner.split('/');
      events.record({
        regarding: { kind: 'Service', namespace, name },
        type: 'Warning',
        reason: 'SchedulerMissing',
        action: 'Forward',
        note: `node ${live.view.name} has no IPVS scheduler ${scheduler} (module ip_vs_${scheduler}); ${common.scheduler} is used`,
      });
    },
  });
  const statistics = new IpvsStatistics({ source: backend, now: () => performance.now(), logger: log });
  createIpvsMetrics(registry, statistics);
  // The kernel tells nobody of changes to IPVS; what others do to nft is watched.
  const lookForDrift = async (): Promise<void> => {
    // Nor that a bridge shows its packets from now on: the module for that may be loaded late.
    await live.refreshAddresses();
    try {
      if (!(await backend.hasDrifted())) return;
      touched.noteAll();
      live.reconciler?.verifyNow('drift');
    } catch (error) {
      log.warn({ err: error }, 'IPVS cannot be compared; tried again at the next period');
    }
  };
  const lookAgain = (): void => {
    setTimeout(() => void lookForDrift().then(lookAgain), settings.syncPeriodMs).unref();
  };
  lookAgain();
  return {
    backend,
    followers: [],
    onAddresses: lookForDrift,
    removeOtherModes: () =>
      removeOtherModes({
        ...legacyOptions(options),
        keepsVirtualServer: server =>
          backend.hasVirtualServer(server) ||
          excludeCIDRs.some(cidr => cidrContains(cidr, { family: server.family, text: server.address })),
      }),
  };
}
