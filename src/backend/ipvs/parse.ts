import type { CompanionTable, L4Protocol } from '../nftables/schema.ts';
import { parseTarget, realServerKey, virtualServerKey } from './schema.ts';

/** What the kernel has of IPVS: keys and values as those of entries. Virtual servers of packet marks are left out; none is ours. */
export type IpvsContent = ReadonlyMap<CompanionTable, Map<string, string>>;

const LINE = /^-([Aa]) (-t|-u|--tcp-service|--udp-service|--sctp-service) (\S+)(?: -r (\S+))? ?(.*)$/;
const PROTOCOLS: Readonly<Record<string, L4Protocol>> = {
  '-t': 'tcp',
  '--tcp-service': 'tcp',
  '-u': 'udp',
  '--udp-service': 'udp',
  '--sctp-service': 'sctp',
};

/**
 * Reads what `ipvsadm -Sn` prints.
 * @throws Error at a line that is none of its: something would be taken for missing otherwise
 */
export function parseSaved(saved: string): IpvsContent {
  const virtualServers = new Map<string, string>();
  const realServers = new Map<string, string>();
  for (const line of saved.split('\n')) {
    const text = line.trim();
    if (!text || /^-[Aa] (?:-f|--fwmark-service) /.test(text)) continue;
    const [, verb, option = '', service = '', server, options = ''] = LINE.exec(text) ?? [];
    const l4 = PROTOCOLS[option];
    const target = parseTarget(service);
    if (!l4 || !target) throw new Error(`ipvsadm -Sn printed a line that is not understood: ${text}`);
    const key = virtualServerKey(l4, target);
    if (verb === 'A') {
      virtualServers.set(key, options);
      continue;
    }
    const realServer = parseTarget(server ?? '');
    if (!realServer) throw new Error(`ipvsadm -Sn printed a line that is not understood: ${text}`);
    realServers.set(realServerKey(key, realServer), options);
  }
  return new Map<CompanionTable, Map<string, string>>([
    ['virtual-servers', virtualServers],
    ['real-servers', realServers],
  ]);
}
