import type { ServerStatistics } from '../server-statistics.ts';
import { formatTarget } from './encode.ts';
import { parseConnections } from './parse-connections.ts';
import { parseKey, parseTarget, realServerKey, virtualServerKey } from './schema.ts';
import type { L4Protocol } from '../nftables/schema.ts';

const SERVER = /^(TCP|UDP|SCTP) +(\S+) +(\d+) +(\d+) +(\d+) +(\d+) +(\d+)\s*$/;
const REAL_SERVER = /^ +-> (\S+) +(\d+) +(\d+) +(\d+) +(\d+) +(\d+)\s*$/;

/**
 * Puts together what ipvsadm and the kernel's list tell. What is of packet marks is left out.
 * @param printed by `ipvsadm -Ln --stats --exact`
 * @param listing /proc/net/ip_vs, for weights and connections of now
 * @param isOurs by the key of a virtual server
 */
export function parseStatistics(
  printed: string,
  listing: string,
  isOurs: (virtualServer: string) => boolean,
): ServerStatistics[] {
  const { details } = parseConnections(listing);
  const statistics: ServerStatistics[] = [];
  let server: { readonly key: string; readonly protocol: string } | undefined;
  let current: { -readonly [K in keyof ServerStatistics]: ServerStatistics[K] } | undefined;
  for (const line of printed.split('\n')) {
    if (/^\S/.test(line)) {
      const [, protocol = '', address = '', ...counts] = SERVER.exec(line) ?? [];
      const target = parseTarget(address);
      const key = target && virtualServerKey(protocol.toLowerCase() as L4Protocol, target);
      server = key !== undefined && isOurs(key) ? { key, protocol } : undefined;
      current = server && statisticsOf(server, undefined, counts);
      if (current) statistics.push(current);
      continue;
    }
    const [, address = '', ...counts] = REAL_SERVER.exec(line) ?? [];
    const target = parseTarget(address);
    if (!server || !current || !target) continue;
    const key = realServerKey(server.key, target);
    const now = details.get(key) ?? { weight: 0, active: 0, inactive: 0 };
    current.weight += now.weight;
    current.activeConnections += now.active;
    current.inactiveConnections += now.inactive;
    statistics.push({
      ...statisticsOf(server, formatTarget(target), counts),
      weight: now.weight,
      activeConnections: now.active,
      inactiveConnections: now.inactive,
    });
  }
  return statistics;
}

function statisticsOf(
  { key, protocol }: { readonly key: string; readonly protocol: string },
  realServer: string | undefined,
  counts: readonly (string | undefined)[],
): ServerStatistics {
  const [connections = 0, incomingPackets = 0, outgoingPackets = 0, incomingBytes = 0, outgoingBytes = 0] =
    counts.map(Number);
  return {
    protocol,
    virtualServer: formatTarget(parseKey(key).virtualServer),
    realServer,
    connections,
    incomingPackets,
    outgoingPackets,
    incomingBytes,
    outgoingBytes,
    weight: 0,
    activeConnections: 0,
    inactiveConnections: 0,
  };
}
