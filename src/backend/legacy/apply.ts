import type { Logger } from 'pino';
import { ScratchFile } from '../../kernel/scratch-file.ts';
import type { Family } from '../../model/ip.ts';
import { LeftoverReport } from './leftover-report.ts';
import { isProxySet } from './proxy-sets.ts';
import { PROXY_INTERFACE, removeVirtualServers } from './remove-ipvs.ts';
import { removeRules } from './remove-rules.ts';
import { systemTools, type LegacyTools } from './tools.ts';
import type { IpvsServer } from './virtual-servers.ts';

/** Whether a virtual server of kube-proxy is in use by now, by ours that took it over. */
export type KeepsVirtualServer = (server: IpvsServer) => boolean;

/**
 * Removes all that kube-proxy's modes iptables and ipvs have made, and nothing of anyone else: virtual servers, rules
 * and chains, sets, the interface. What fails does not keep the rest from being done. Never throws; a second time it
 * finds nothing.
 * Kubernetes behaviour: pkg/proxy/ipvs/cleanup.go and pkg/proxy/iptables/cleanup.go, but foreign virtual servers stay,
 * IPv6 sets go, too, and so do rules of the variant of iptables that is not the machine's default.
 */
export async function removeLeftovers(
  families: readonly Family[],
  tools: LegacyTools,
  keepsVirtualServer: KeepsVirtualServer = () => false,
): Promise<LeftoverReport> {
  const report = new LeftoverReport();
  const { removed } = report;
  const links = await report.attempt('network interfaces', tools.listLinks);
  const allSets = await report.attempt('sets', async () => {
    const names = await tools.listSets();
    if (!names) report.missingTools.push('ipset');
    return names;
  });
  const sets = (allSets ?? []).filter(isProxySet);

  // What tells which virtual servers are kube-proxy's is in the sets and on the interface.
  const areServersGone = await report.attempt('virtual servers', async () => {
    await removeVirtualServers(links ?? [], sets, tools, report, keepsVirtualServer);
    return links !== undefined;
  });
  for (const family of families) await removeRules(family, tools, report);
  // Rules look into sets; and where virtual servers may be left, the sets let the next attempt know them.
  for (const name of areServersGone ? sets : []) {
    await report.attempt(`set ${name}`, async () => {
      await tools.destroySet(name);
      removed.sets += 1;
    });
  }
  if (links?.some(({ name }) => name === PROXY_INTERFACE)) {
    await report.attempt(`interface ${PROXY_INTERFACE}`, async () => {
      await tools.deleteLink(PROXY_INTERFACE);
      removed.interfaces += 1;
    });
  }
  return report;
}

/** Tells what came of it. @param failureLevel of what could not be removed */
export function logLeftovers(report: LeftoverReport, logger: Logger, failureLevel: 'warn' | 'error'): void {
  const { removed, failures, heldChains, unreadTables, missingTools } = report;
  for (const tool of missingTools) logger.debug({ tool }, 'no such program, so it has left nothing behind');
  if (report.hasRemoved) logger.info(removed, 'removed what other modes of kube-proxy had left');
  if (heldChains.size) {
    logger.warn({ chains: [...heldChains] }, 'rules of others jump to chains of kube-proxy: these chains stay');
  }
  if (unreadTables.size) {
    logger.warn({ tables: [...unreadTables] }, 'iptables does not show these tables: they were not looked into');
  }
  for (const { what, error } of failures) {
    logger[failureLevel]({ err: error }, `left by another mode of kube-proxy, and cannot be removed: ${what}`);
  }
}

export interface RemoveOtherModesOptions {
  readonly families: readonly Family[];
  /** For files without a name. */
  readonly runtimeDirectory: string;
  readonly logger: Logger;
  readonly keepsVirtualServer?: KeepsVirtualServer;
}

/**
 * Removes what kube-proxy's modes iptables and ipvs have left, as far as that can be done, and logs what that was. To
 * be called when our rules are in force: until then theirs serve. Never throws.
 */
export async function removeOtherModes(options: RemoveOtherModesOptions): Promise<void> {
  const { families, runtimeDirectory, logger, keepsVirtualServer } = options;
  try {
    logLeftovers(await removeAll(families, runtimeDirectory, keepsVirtualServer), logger, 'warn');
  } catch (error) {
    logger.warn({ err: error }, 'what other modes of kube-proxy may have left could not be looked for');
  }
}

/** {@link removeLeftovers} on this machine. @throws Error where no scratch file can be made */
export async function removeAll(
  families: readonly Family[],
  runtimeDirectory: string,
  keepsVirtualServer?: KeepsVirtualServer,
): Promise<LeftoverReport> {
  const scratch = new ScratchFile(runtimeDirectory);
  try {
    return await removeLeftovers(families, systemTools(scratch), keepsVirtualServer);
  } finally {
    scratch.close();
  }
}
