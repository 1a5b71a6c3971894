import { CommandError } from '../../kernel/command.ts';
import type { Link } from '../../kernel/links.ts';
import { parseAddress } from '../../model/ip.ts';
import type { LeftoverReport } from './leftover-report.ts';
import { readSetClaims, tellsVirtualServers } from './proxy-sets.ts';
import type { LegacyTools } from './tools.ts';
import {
  encodeServerDeletes,
  formatServer,
  isProxyServer,
  parseVirtualServers,
  type Evidence,
  type IpvsServer,
} from './virtual-servers.ts';

/** The interface that carries the addresses of Services in mode ipvs. */
export const PROXY_INTERFACE = 'kube-ipvs0';

const SHOWN_SERVERS = 10;

/**
 * Deletes kube-proxy's virtual servers, and no others.
 * @param links those of this machine, with PROXY_INTERFACE
 * @param sets the names of kube-proxy's sets that there are
 * @param keepsVirtualServer those of kube-proxy's that ours has taken over
 * @throws Error where some are left, which it names
 */
export async function removeVirtualServers(
  links: readonly Link[],
  sets: readonly string[],
  tools: LegacyTools,
  report: LeftoverReport,
  keepsVirtualServer: (server: IpvsServer) => boolean,
): Promise<void> {
  const list = async (): Promise<IpvsServer[]> => parseVirtualServers((await tools.readVirtualServers()) ?? '');
  const all = await list();
  if (!all.length) return;
  const evidence = await gatherEvidence(links, sets, tools);
  const isOurs = (server: IpvsServer): boolean => isProxyServer(server, evidence) && !keepsVirtualServer(server);
  const ours = all.filter(isOurs);
  if (!ours.length) return;
  let cause: unknown;
  try {
    await tools.changeVirtualServers(encodeServerDeletes(ours));
  } catch (error) {
    cause = error;
  }
  const left = (await list()).filter(isOurs);
  report.removed.virtualServers += ours.length - left.length;
  if (left.length) throw new Error(explain(left, cause), { cause });
}

async function gatherEvidence(links: readonly Link[], sets: readonly string[], tools: LegacyTools): Promise<Evidence> {
  const saved: string[] = [];
  for (const name of sets.filter(tellsVirtualServers)) saved.push(await tools.saveSet(name));
  const addressesOf = (some: readonly Link[]): Set<string> =>
    new Set(some.flatMap(({ addresses }) => addresses.map(address => parseAddress(address)?.text ?? address)));
  return {
    ...readSetClaims(saved.join('')),
    boundAddresses: addressesOf(links.filter(({ name }) => name === PROXY_INTERFACE)),
    hostAddresses: addressesOf(links.filter(({ name }) => name !== PROXY_INTERFACE)),
  };
}

function explain(left: readonly IpvsServer[], cause: unknown): string {
  const why =
    cause instanceof CommandError && cause.isMissing
      ? 'there is no ipvsadm on this machine'
      : cause instanceof Error
        ? cause.message
        : 'ipvsadm has not deleted them';
  const shown = left.slice(0, SHOWN_SERVERS).map(server => `${formatServer(server)}/${server.protocol}`);
  const more = left.length > shown.length ? ` and ${left.length - shown.length} more` : '';
  return `${left.length} virtual servers of kube-proxy are left: ${why}: ${shown.join(', ')}${more}`;
}
