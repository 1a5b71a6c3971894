import { parseAddress, type Family } from '../../model/ip.ts';
import type { SetClaims } from './proxy-sets.ts';

/** A virtual server of IPVS. */
export interface IpvsServer {
  readonly family: Family;
  readonly protocol: 'tcp' | 'udp' | 'sctp';
  /** Canonical. */
  readonly address: string;
  readonly port: number;
}

const SERVER = /^(TCP|UDP|SCTP) +(?:\[([\da-fA-F:]+)\]|([\dA-F]{8})):([\dA-F]{4}) /;

/**
 * Parses the kernel's list of virtual servers (net/netfilter/ipvs/ip_vs_ctl.c, ip_vs_info_seq_show): addresses and
 * ports are hexadecimal there. Those that have a mark of packets instead of an address are left out; kube-proxy makes
 * none. Pure.
 */
export function parseVirtualServers(listing: string): IpvsServer[] {
  const servers: IpvsServer[] = [];
  for (const line of listing.split('\n')) {
    const [, protocol, ipv6, ipv4, port] = SERVER.exec(line) ?? [];
    const address = parseAddress(ipv6 ?? dotted(ipv4 ?? ''));
    if (!address || protocol === undefined || port === undefined) continue;
    servers.push({
      family: address.family,
      protocol: protocol.toLowerCase() as IpvsServer['protocol'],
      address: address.text,
      port: Number.parseInt(port, 16),
    });
  }
  return servers;
}

const dotted = (hex: string): string => (hex.match(/../g) ?? []).map(byte => Number.parseInt(byte, 16)).join('.');

/** What tells kube-proxy's virtual servers from those of others. */
export interface Evidence extends SetClaims {
  /** Addresses on kube-ipvs0, canonical: kube-proxy alone has put them there. */
  readonly boundAddresses: ReadonlySet<string>;
  /** Addresses of all other interfaces, canonical. */
  readonly hostAddresses: ReadonlySet<string>;
}

/**
 * Whether kube-proxy has made this virtual server: its address is one that kube-proxy has bound, or kube-proxy's sets
 * name its address and port (external addresses that another interface has are not bound), or it is a NodePort of this
 * node by them. Pure.
 */
export function isProxyServer({ family, protocol, address, port }: IpvsServer, evidence: Evidence): boolean {
  return (
    evidence.boundAddresses.has(address) ||
    evidence.addresses.has(address) ||
    evidence.servers.has(`${address},${protocol}:${port}`) ||
    (evidence.hostAddresses.has(address) && evidence.nodePorts.has(`${family} ${protocol} ${port}`))
  );
}

const SERVICE_OPTION = { tcp: '-t', udp: '-u', sctp: '--sctp-service' } as const;

/** `10.96.0.1:80`, `[fd00::1]:80`: as ipvsadm and people write it. */
export const formatServer = ({ family, address, port }: IpvsServer): string =>
  family === 'ipv4' ? `${address}:${port}` : `[${address}]:${port}`;

/** @returns the lines with which `ipvsadm -R` deletes these virtual servers, with their real servers. Pure. */
export const encodeServerDeletes = (servers: readonly IpvsServer[]): string =>
  servers.map(server => `-D ${SERVICE_OPTION[server.protocol]} ${formatServer(server)}\n`).join('');
