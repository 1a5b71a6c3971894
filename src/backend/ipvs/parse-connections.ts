import { parseAddress } from '../../model/ip.ts';
import type { L4Protocol } from '../nftables/schema.ts';
import { realServerKey, virtualServerKey, type Target } from './schema.ts';

const TARGET = String.raw`(?:\[([\da-fA-F:]+)\]|([\dA-F]{8})):([\dA-F]{4})`;
const SERVER = new RegExp(String.raw`^(TCP|UDP|SCTP) +${TARGET} `);
const REAL_SERVER = new RegExp(String.raw`^ +-> ${TARGET} +\w+ +(\d+) +(\d+) +(\d+)`);

/** How many connections there are, established and other ones together. */
export interface Connections {
  /** By key, of all real servers of each virtual server together; one without real servers has none. */
  readonly virtualServers: ReadonlyMap<string, number>;
  /** By key. */
  readonly realServers: ReadonlyMap<string, number>;
  /** Of each real server, by key. */
  readonly details: ReadonlyMap<
    string,
    { readonly weight: number; readonly active: number; readonly inactive: number }
  >;
}

/**
 * Reads how many connections each real server has, from the kernel's list (/proc/net/ip_vs; net/netfilter/ipvs/ip_vs_ctl.c,
 * ip_vs_info_seq_show): addresses and ports are hexadecimal there. What is of packet marks is left out.
 */
export function parseConnections(listing: string): Connections {
  const virtualServers = new Map<string, number>();
  const realServers = new Map<string, number>();
  const details = new Map<string, { weight: number; active: number; inactive: number }>();
  let virtualServer: string | undefined;
  for (const line of listing.split('\n')) {
    if (/^\S/.test(line)) {
      const [, protocol = '', ...target] = SERVER.exec(line) ?? [];
      const parsed = parseHexTarget(target);
      virtualServer = parsed && virtualServerKey(protocol.toLowerCase() as L4Protocol, parsed);
      if (virtualServer !== undefined) virtualServers.set(virtualServer, 0);
      continue;
    }
    const [, ipv6, ipv4, port, weight, active, inactive] = REAL_SERVER.exec(line) ?? [];
    const realServer = parseHexTarget([ipv6, ipv4, port]);
    if (virtualServer === undefined || !realServer) continue;
    const connections = Number(active) + Number(inactive);
    const key = realServerKey(virtualServer, realServer);
    realServers.set(key, connections);
    details.set(key, { weight: Number(weight), active: Number(active), inactive: Number(inactive) });
    virtualServers.set(virtualServer, (virtualServers.get(virtualServer) ?? 0) + connections);
  }
  return { virtualServers, realServers, details };
}

function parseHexTarget([ipv6, ipv4, port]: readonly (string | undefined)[]): Target | undefined {
  const address = parseAddress(ipv6 ?? dotted(ipv4 ?? ''));
  return address && { address: address.text, port: Number.parseInt(port ?? '', 16) };
}

const dotted = (hex: string): string => (hex.match(/../g) ?? []).map(byte => Number.parseInt(byte, 16)).join('.');
