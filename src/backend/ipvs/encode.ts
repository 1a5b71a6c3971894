import type { Entry, L4Protocol } from '../nftables/schema.ts';
import { isIPv6 } from './address-text.ts';
import { parseKey, type Target } from './schema.ts';

/** What is done to a virtual server, or in small letters to a real server. */
export type Verb = 'A' | 'E' | 'D' | 'a' | 'e' | 'd';

const SERVICE_OPTION: Readonly<Record<L4Protocol, string>> = { tcp: '-t', udp: '-u', sctp: '--sctp-service' };

/** `10.96.0.1:80`, `[fd00::1]:80` */
export const formatTarget = ({ address, port }: Target): string =>
  isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`;

/**
 * A line for `ipvsadm -R`, without a line break. Always with all options: what `-E` and `-e` are not told they reset (no scheduler is wlc,
 * no method is direct routing).
 */
export function encodeLine(verb: Verb, entry: Entry): string {
  const { l4, virtualServer, realServer } = parseKey(entry.key);
  const parts = [`-${verb}`, SERVICE_OPTION[l4], formatTarget(virtualServer)];
  if (realServer) parts.push('-r', formatTarget(realServer));
  if (verb !== 'D' && verb !== 'd') parts.push(entry.value);
  return parts.join(' ');
}

/** Lines that make all of these, for a machine that has none of them. @param entries virtual servers before their real servers */
export const encodeAll = (entries: Iterable<Entry>): string =>
  [...entries]
    .filter(({ container }) => container === 'virtual-servers' || container === 'real-servers')
    .map(entry => `${encodeLine(entry.container === 'virtual-servers' ? 'A' : 'a', entry)}\n`)
    .join('');
