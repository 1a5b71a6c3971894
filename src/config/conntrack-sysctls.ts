import type { Configuration } from './schema.ts';

export interface Sysctl {
  /** With slashes, below /proc/sys. */
  readonly name: string;
  readonly value: number;
}

/** kube-proxy gives no more than this by itself, since the kernel takes memory for each entry of the hash table. */
const LARGEST_SCALED_MAX = 1_048_576;

/** The size of connection tracking: per core, but at least `min`; undefined: leave it (kube-proxy's getConntrackMax). */
export function conntrackMax({ conntrack: { maxPerCore, min } }: Configuration, cores: number): number | undefined {
  if (maxPerCore <= 0) return undefined;
  const scaled = maxPerCore * cores;
  if (scaled > LARGEST_SCALED_MAX) return LARGEST_SCALED_MAX;
  return Math.max(scaled, min);
}

/** The kernel's settings that the section `conntrack` asks for, in seconds; 0 leaves one as it is, and liberal is never set back. */
export function conntrackSysctls({ conntrack }: Configuration): Sysctl[] {
  const seconds = (name: string, ms: number): Sysctl[] =>
    ms > 0 ? [{ name: `net/netfilter/nf_conntrack_${name}`, value: Math.floor(ms / 1000) }] : [];
  return [
    ...seconds('tcp_timeout_established', conntrack.tcpEstablishedTimeoutMs),
    ...seconds('tcp_timeout_close_wait', conntrack.tcpCloseWaitTimeoutMs),
    ...(conntrack.tcpBeLiberal ? [{ name: 'net/netfilter/nf_conntrack_tcp_be_liberal', value: 1 }] : []),
    ...seconds('udp_timeout', conntrack.udpTimeoutMs),
    ...seconds('udp_timeout_stream', conntrack.udpStreamTimeoutMs),
  ];
}
