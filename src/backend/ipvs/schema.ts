// What of IPVS is kept as keyed entries, in the same ledger as the elements of nft. There is a virtual server for each set of endpoints,
// always at a ClusterIP: nft rewrites what comes to other addresses.

import { parseAddress } from '../../model/ip.ts';
import { SCHEDULER_FLAGS, type SchedulerFlag } from '../../model/scheduler-flags.ts';
import type { Entry, L4Protocol } from '../nftables/schema.ts';

/** Where packets go to. */
export interface Target {
  /** Canonical. */
  readonly address: string;
  readonly port: number;
}

/** Reads `10.96.0.1:80` and `[fd00::1]:80`. @returns undefined for anything else */
export function parseTarget(text: string): Target | undefined {
  const [, ipv6, ipv4, port] = /^(?:\[([^\]]+)\]|([\d.]+)):(\d+)$/.exec(text) ?? [];
  const address = parseAddress(ipv6 ?? ipv4 ?? '');
  return address && { address: address.text, port: Number(port) };
}

/** `10.96.0.1 . tcp . 80` */
export const virtualServerKey = (l4: L4Protocol, { address, port }: Target): string => `${address} . ${l4} . ${port}`;

/** `10.96.0.1 . tcp . 80 . 10.244.1.2 . 8080` */
export const realServerKey = (virtualServer: string, { address, port }: Target): string =>
  `${virtualServer} . ${address} . ${port}`;

/** The key of the virtual server that an entry belongs to. */
export const virtualServerOf = ({ key }: Pick<Entry, 'key'>): string => key.split(' . ', 3).join(' . ');

/** The ledger's name of a virtual server. Not that of its ClusterIP and port, which another Service may have as an external address. */
export const claimOfVirtualServer = (key: string): string => `ipvs . ${key}`;

export const isClaimOfVirtualServer = (claim: string): boolean => claim.startsWith('ipvs . ');

/** Reads a key back. */
export function parseKey(key: string): {
  readonly l4: L4Protocol;
  readonly virtualServer: Target;
  readonly realServer?: Target;
} {
  const [address = '', l4, port, server, serverPort] = key.split(' . ');
  return {
    l4: l4 as L4Protocol,
    virtualServer: { address, port: Number(port) },
    ...(server !== undefined && { realServer: { address: server, port: Number(serverPort) } }),
  };
}

/** How a virtual server spreads connections. */
export interface VirtualServerSettings {
  readonly scheduler: string;
  readonly flags: readonly SchedulerFlag[];
  /** Of ClientIP affinity. */
  readonly timeoutSeconds: number | undefined;
}

/** How ipvsadm prints them for sh and mh. */
const FLAG_NAMES = { 'flag-1': 'fallback', 'flag-2': 'port', 'flag-3': undefined } as const;

/** The options of a virtual server, as `ipvsadm -Sn` prints them: the value of its entry. */
export function formatSettings({ scheduler, flags, timeoutSeconds }: VirtualServerSettings): string {
  const nameOf = (flag: SchedulerFlag): string =>
    (scheduler === 'sh' || scheduler === 'mh') && FLAG_NAMES[flag] ? `${scheduler}-${FLAG_NAMES[flag]}` : flag;
  const names = SCHEDULER_FLAGS.filter(flag => flags.includes(flag)).map(nameOf);
  return [
    `-s ${scheduler}`,
    ...(timeoutSeconds === undefined ? [] : [`-p ${timeoutSeconds}`]),
    ...(names.length ? [`-b ${names.join(',')}`] : []),
  ].join(' ');
}

/** The options of a real server, as `ipvsadm -Sn` prints them. With weight 0 it gets no new connections and keeps those that it has. */
export const formatWeight = (weight: number): string => `-m -w ${weight}`;
