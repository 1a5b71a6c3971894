import { isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';

export type Family = 'ipv4' | 'ipv6';
export const FAMILIES: readonly Family[] = ['ipv4', 'ipv6'];

/** `IPv4` and `IPv6`, as the API and the metrics' label `ip_family` spell them. */
export const familyLabel = { ipv4: 'IPv4', ipv6: 'IPv6' } as const;

export interface Address {
  readonly family: Family;
  /** Canonical text (RFC 5952, no leading zeros), as nft prints it: fit to be a key. */
  readonly text: string;
}

export interface Cidr {
  readonly family: Family;
  /** Canonical text of the network address, host bits cleared. */
  readonly address: string;
  readonly prefix: number;
}

const LEADING_ZEROS = /^\d{1,16}(\.\d{1,16}){3}$/;
const IPV6_CHARACTERS = /^[\da-f:.]+$/i;
/** An IPv4-mapped address, as RFC 5952 without its mixed notation prints it. */
const MAPPED = /^::ffff:[\da-f]{1,4}:[\da-f]{1,4}$/;

/**
 * Parses an IP address as Kubernetes does for old objects: an IPv4 octet may have leading zeros and is decimal all the
 * same ("010.0.0.1" is 10.0.0.1), and an IPv4-mapped IPv6 address is the IPv4 address.
 * @returns undefined where the text is no address.
 */
export function parseAddress(text: string): Address | undefined {
  if (isIPv4(text)) return { family: 'ipv4', text };
  if (text.includes(':')) return parseIPv6(text);
  if (!LEADING_ZEROS.test(text)) return undefined;
  const plain = text.split('.').map(Number).join('.');
  return isIPv4(plain) ? { family: 'ipv4', text: plain } : undefined;
}

/** Leaves the work to the URL parser: it is as strict, prints by RFC 5952, too, and takes a fifth of ipaddr.js's time. */
function parseIPv6(text: string): Address | undefined {
  const canonical = IPV6_CHARACTERS.test(text) ? URL.parse(`http://[${text}]`)?.hostname.slice(1, -1) : undefined;
  if (canonical === undefined) return undefined;
  return MAPPED.test(canonical)
    ? { family: 'ipv4', text: ipaddr.IPv6.parse(canonical).toIPv4Address().toString() }
    : { family: 'ipv6', text: canonical };
}

/**
 * Parses a CIDR as leniently as {@link parseAddress}.
 * @returns undefined where the text is none (a bare address is none).
 */
export function parseCidr(text: string): Cidr | undefined {
  const match = /^([^/]+)\/(\d{1,3})$/.exec(text);
  const base = match?.[1] === undefined ? undefined : parseAddress(match[1]);
  if (!base) return undefined;
  const mapped = base.family === 'ipv4' && match![1]!.includes(':');
  const prefix = Number(match![2]) - (mapped ? 96 : 0);
  if (prefix < 0 || prefix > bitsOf(base.family)) return undefined;
  return { family: base.family, address: networkAddress(base, prefix), prefix };
}

const bitsOf = (family: Family): number => (family === 'ipv4' ? 32 : 128);

function networkAddress({ family, text }: Address, prefix: number): string {
  return family === 'ipv4'
    ? ipaddr.IPv4.networkAddressFromCIDR(`${text}/${prefix}`).toString()
    : ipaddr.IPv6.networkAddressFromCIDR(`${text}/${prefix}`).toRFC5952String();
}

/** The CIDR that holds one address only. */
export const hostCidr = ({ family, text }: Address): Cidr => ({ family, address: text, prefix: bitsOf(family) });

export const formatCidr = ({ address, prefix }: Cidr): string => `${address}/${prefix}`;

export const isZeroCidr = ({ prefix }: Cidr): boolean => prefix === 0;

/** Whether the CIDR holds the address; never across families. */
export function cidrContains(cidr: Cidr, { family, text }: Address): boolean {
  return cidr.family === family && networkAddress({ family, text }, cidr.prefix) === cidr.address;
}

/** Whether `outer` holds all of `inner`. */
export const cidrCovers = (outer: Cidr, inner: Cidr): boolean =>
  outer.prefix <= inner.prefix && cidrContains(outer, textOf(inner));

/**
 * Drops duplicates and CIDRs that another one covers; nft refuses overlapping elements in an interval set.
 * @returns those of one family, the widest first, then by text.
 */
export function withoutCovered(cidrs: readonly Cidr[]): readonly Cidr[] {
  const byWidth = cidrs.toSorted((a, b) => a.prefix - b.prefix || (a.address < b.address ? -1 : 1));
  const kept = new Map<string, Cidr>();
  // Looks up the networks that hold the CIDR rather than comparing it with all others: there may be hundreds.
  const prefixes = new Set<number>();
  for (const cidr of byWidth) {
    const networks = [...prefixes].map(prefix => `${networkAddress(textOf(cidr), prefix)}/${prefix}`);
    if (networks.some(network => kept.has(network))) continue;
    kept.set(formatCidr(cidr), cidr);
    prefixes.add(cidr.prefix);
  }
  return [...kept.values()];
}

const textOf = ({ family, address }: Cidr): Address => ({ family, text: address });

export const isLoopback = ({ family, text }: Address): boolean =>
  family === 'ipv4' ? text.startsWith('127.') : text === '::1';
