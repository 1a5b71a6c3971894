// Keys and values of elements as the kernel has them: the parts of a concatenation follow each other, each filled up to four bytes.

import type { Family } from '../../model/ip.ts';
import { parseAddress } from '../../model/ip.ts';
import type { Container, Part } from './schema.ts';

/** A value of a map, as it is in a message of the kernel. */
export type ElementValue = Buffer | { readonly code: number; readonly chain: string };

/** NFT_RETURN, NFT_GOTO, NFT_JUMP, NF_DROP, NF_ACCEPT. */
const VERDICTS: Readonly<Record<number, string>> = {
  [-5]: 'return',
  [-4]: 'goto ',
  [-3]: 'jump ',
  0: 'drop',
  1: 'accept',
};

/** IPPROTO_* */
const PROTOCOLS: Readonly<Record<number, string>> = { 6: 'tcp', 17: 'udp', 132: 'sctp' };

/** A value that nothing of ours has. */
export const OTHER = 'other';

/** @returns the key as in `Entry`; undefined where it is none that ours could have, or one of a range */
export function keyText(family: Family, { key, interval }: Container, bytes: Buffer): string | undefined {
  return interval ? undefined : partsText(family, key, bytes);
}

/** @returns the value as in `Entry`; some other text where nothing of ours has it */
export function valueText(family: Family, { value }: Container, told: ElementValue | undefined): string {
  if (value === undefined) return '';
  if (value === 'verdict') {
    const verdict = told && !(told instanceof Uint8Array) ? VERDICTS[told.code] : undefined;
    return verdict === undefined ? OTHER : verdict + (told as { readonly chain: string }).chain;
  }
  return (told instanceof Uint8Array ? partsText(family, value, told) : undefined) ?? OTHER;
}

function partsText(family: Family, parts: readonly Part[], bytes: Buffer): string | undefined {
  const texts: string[] = [];
  let at = 0;
  for (const part of parts) {
    const length = lengthOf(family, part);
    const text = at + length <= bytes.length ? partText(family, part, bytes.subarray(at, at + length)) : undefined;
    if (text === undefined) return undefined;
    texts.push(text);
    at += (length + 3) & ~3;
  }
  return at === bytes.length ? texts.join(' . ') : undefined;
}

function lengthOf(family: Family, part: Part): number {
  if (part === 'address' || part === 'cidr') return family === 'ipv4' ? 4 : 16;
  return { index: 4, l4proto: 1, port: 2 }[part];
}

function partText(family: Family, part: Part, bytes: Buffer): string | undefined {
  switch (part) {
    // In the order of the machine, which is little-endian on all that we run on.
    case 'index':
      return String(bytes.readUInt32LE(0));
    case 'port':
      return String(bytes.readUInt16BE(0));
    case 'l4proto':
      return PROTOCOLS[bytes.readUInt8(0)];
    case 'address':
    case 'cidr':
      return addressText(family, bytes);
  }
}

function addressText(family: Family, bytes: Buffer): string | undefined {
  if (family === 'ipv4') return bytes.join('.');
  const address = parseAddress(bytes.toString('hex').replace(/(.{4})(?=.)/g, '$1:'));
  return address?.family === family ? address.text : undefined;
}
