import { parseAddress } from '../../model/ip.ts';
import type { L4Protocol } from '../nftables/schema.ts';
import { realServerKey, virtualServerKey, type Target } from './schema.ts';

const TARGET = String.raw`(?:\[([\da-fA-F:]+)\]|([\dA-F]{8})):([\dA-F]{4})`;
const SERVER = new RegExp(String.raw`^(TCP|UDP|SCTP) +${TARGET} `);
const REAL_SERVER = new RegExp(String.raw`^ +-> ${TARGET} +\w+ +\d+ +(\d+) +(\d+)`);

/**
 * Reads how many connections each real server has, from the kernel's list (/proc/net/ip_vs; net/netfilter/ipvs/ip_vs_ctl.c,
 * ip_vs_info_seq_show): addresses and ports are hexadecimal there.
 * @returns established and other ones together, by the key of the real server
 */
export function parseConnections(listing: string): Map<string, number> {
  const connections = new Map<string, number>();
  let virtualServer: string | undefined;
  for (const line of listing.split('\n')) {
    if (/^\S/.test(line)) {
      const [, protocol = '', ...target] = SERVER.exec(line) ?? [];
      const parsed = parseTarget(target);
      virtualServer = parsed && virtualServerKey(protocol.toLowerCase() as L4Protocol, parsed);
      continue;
    }
    const [, ipv6, ipv4, port, active, inactive] = REAL_SERVER.exec(line) ?? [];
    const realServer = parseTarget([ipv6, ipv4, port]);
    if (virtualServer === undefined || !realServer) continue;
    connections.set(realServerKey(virtualServer, realServer), Number(active) + Number(inactive));
  }
  return connections;
}

function parseTarget([ipv6, ipv4, port]: readonly (string | undefined)[]): Target | undefined {
  const address = parseAddress(ipv6 ?? dotted(ipv4 ?? ''));
  return address && { address: address.text, port: Number.parseInt(port ?? '', 16) };
}

const dotted = (hex: string): string => (hex.match(/../g) ?? []).map(byte => Number.parseInt(byte, 16)).join('.');
