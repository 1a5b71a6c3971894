import type { Logger } from 'pino';
import { retireIpvs } from '../../backend/ipvs/retire.ts';
import { logLeftovers, removeAll } from '../../backend/legacy/apply.ts';
import { encodeTableDelete } from '../../backend/nftables/encode.ts';
import type { Configuration } from '../../config/schema.ts';
import { CommandError } from '../../kernel/command.ts';
import { excludedFrom } from '../ipvs-settings.ts';
import { hasIPv6 } from '../../kernel/families.ts';
import { Ipvsadm } from '../../kernel/ipvsadm.ts';
import { systemRoutes } from '../../kernel/local-routes.ts';
import { Nft } from '../../kernel/nft.ts';
import { ScratchFile } from '../../kernel/scratch-file.ts';
import { FAMILIES, type Family } from '../../model/ip.ts';

/**
 * Removes what sluice and all modes of kube-proxy have made, and nothing else; needs no API server. A second time it finds nothing.
 * @returns the exit status: 1 where something could not be removed, which was told then
 */
export async function cleanUp({ sluice, ipvs }: Configuration, logger: Logger): Promise<number> {
  const families = FAMILIES.filter(family => family === 'ipv4' || hasIPv6());
  const areTablesGone = await removeTables(families, sluice, logger);
  const isIpvsGone = await removeIpvs(families, sluice, ipvs, logger);
  const leftovers = await removeAll(families, sluice.runtimeDirectory);
  logLeftovers(leftovers, logger, 'error');
  return areTablesGone && isIpvsGone && !leftovers.failures.length ? 0 : 1;
}

async function removeIpvs(
  families: readonly Family[],
  { nftPath, runtimeDirectory }: Configuration['sluice'],
  ipvs: Configuration['ipvs'],
  logger: Logger,
): Promise<boolean> {
  const scratch = new ScratchFile(runtimeDirectory);
  const ipvsadm = new Ipvsadm({ path: ipvs.ipvsadmPath });
  const nft = new Nft({ path: nftPath, runtimeDirectory });
  try {
    const excludeCIDRs = excludedFrom({ ipvs });
    await retireIpvs({ families, ipvsadm, nft, routes: systemRoutes(scratch), excludeCIDRs, logger }, true);
    return true;
  } catch (error) {
    logger.error({ err: error }, 'what mode ipvs has made cannot be removed');
    return false;
  } finally {
    ipvsadm.close();
    nft.close();
    scratch.close();
  }
}

async function removeTables(
  families: readonly Family[],
  { nftPath, runtimeDirectory }: Configuration['sluice'],
  logger: Logger,
): Promise<boolean> {
  const nft = new Nft({ path: nftPath, runtimeDirectory });
  try {
    await nft.version();
  } catch (error) {
    if (error instanceof CommandError && error.isMissing) {
      logger.info('there is no nft on this machine, so nothing of ours either');
      return true;
    }
    logger.error({ err: error }, 'nftables: nft does not run');
    return false;
  }
  let areGone = true;
  for (const family of families) {
    try {
      await nft.apply(encodeTableDelete(family));
      logger.info({ family }, 'nftables: table removed');
    } catch (error) {
      logger.error({ family, err: error }, 'nftables: the table cannot be removed');
      areGone = false;
    }
  }
  return areGone;
}
