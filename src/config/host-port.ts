import { parseAddress, type Family } from '../model/ip.ts';

/** Where a server listens. */
export interface HostPort {
  readonly family: Family;
  /** Canonical address, without brackets. */
  readonly host: string;
  readonly port: number;
}

/** `1.2.3.4:80`, `[fd00::1]:80`, `name:80`: what Go's `net.SplitHostPort` takes apart. */
const SPLIT = /^(?:\[([^[\]]*)\]|([^:[\]]*)):([^:[\]]*)$/;

/**
 * Reads `IP:port`; an IPv6 address has brackets.
 * @returns undefined where the text is anything else, or the port is not from 1 to 65535
 */
export function parseHostPort(text: string): HostPort | undefined {
  const match = SPLIT.exec(text);
  const address = parseAddress(match?.[1] ?? match?.[2] ?? '');
  const portText = match?.[3] ?? '';
  if (!address || !/^\d{1,5}$/.test(portText)) return undefined;
  const port = Number(portText);
  return port >= 1 && port <= 65_535 ? { family: address.family, host: address.text, port } : undefined;
}

/** `1.2.3.4:80`, `[fd00::1]:80`. */
export const formatHostPort = ({ family, host, port }: HostPort): string =>
  family === 'ipv6' ? `[${host}]:${port}` : `${host}:${port}`;

/**
 * Appends the port to an address that has none, with brackets around IPv6. A text that is no address is given back as it
 * is, for the validation to name it (kube-proxy's AppendPortIfNeeded).
 */
export function withDefaultPort(text: string, port: number): string {
  if (SPLIT.test(text)) return text;
  const address = parseAddress(text);
  return address ? formatHostPort({ family: address.family, host: address.text, port }) : text;
}

/** The text with its address in canonical form (`000.0.0.0:80` is `0.0.0.0:80`), or as it is where it is none. */
export function canonicalHostPort(text: string): string {
  const parsed = parseHostPort(text);
  return parsed ? formatHostPort(parsed) : text;
}
