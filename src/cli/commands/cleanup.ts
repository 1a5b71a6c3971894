import type { Logger } from 'pino';
import { encodeTableDelete } from '../../backend/nftables/encode.ts';
import type { Configuration } from '../../config/schema.ts';
import { hasIPv6 } from '../../kernel/families.ts';
import { Nft } from '../../kernel/nft.ts';
import { CommandError } from '../../kernel/command.ts';

/**
 * Removes what sluice and kube-proxy's nftables mode have made, and nothing else; needs no API server.
 * @returns the exit status: 1 where something could not be removed
 */
export async function cleanUp({ sluice }: Configuration, logger: Logger): Promise<number> {
  const nft = new Nft({ path: sluice.nftPath, runtimeDirectory: sluice.runtimeDirectory });
  try {
    await nft.version();
  } catch (error) {
    if (!(error instanceof CommandError) || !error.isMissing) throw error;
    logger.info('there is no nft on this machine, so nothing of ours either');
    return 0;
  }
  let status = 0;
  for (const family of hasIPv6() ? (['ipv4', 'ipv6'] as const) : (['ipv4'] as const)) {
    try {
      await nft.apply(encodeTableDelete(family));
      logger.info({ family }, 'nftables: table removed');
    } catch (error) {
      logger.error({ family, err: error }, 'nftables: the table cannot be removed');
      status = 1;
    }
  }
  return status;
}
