import ipaddr from 'ipaddr.js';
import type { ElementValue } from '../../src/backend/nftables/element-bytes.ts';
import type { Container, Part } from '../../src/backend/nftables/schema.ts';

const PROTOCOLS: Readonly<Record<string, number>> = { tcp: 6, udp: 17, sctp: 132 };
const CODES: Readonly<Record<string, number>> = { goto: -4, jump: -3, drop: 0, accept: 1, return: -5 };

/** A key as the kernel tells of it; of a range its first address. */
export const keyBytes = ({ key }: Container, text: string): Buffer => partsBytes(key, text);

/** A value as the kernel tells of it; undefined for an element of a set. */
export function valueBytes({ value }: Container, text: string): ElementValue | undefined {
  if (value !== 'verdict') return value && partsBytes(value, text);
  const [verb = '', chain = ''] = text.split(' ');
  return { code: CODES[verb] ?? -1, chain };
}

function partsBytes(parts: readonly Part[], text: string): Buffer {
  const bytes = text.split(' . ').map((part, i) => partBytes(parts[i]!, part));
  if (bytes.length === 1) return bytes[0]!;
  return Buffer.concat(bytes.map(one => Buffer.concat([one, Buffer.alloc(-one.length & 3)])));
}

function partBytes(part: Part, text: string): Buffer {
  if (part === 'index') return Buffer.from(Uint32Array.of(Number(text)).buffer);
  if (part === 'port') return Buffer.from([Number(text) >> 8, Number(text) & 255]);
  if (part === 'l4proto') return Buffer.from([PROTOCOLS[text] ?? 255]);
  return Buffer.from(ipaddr.parse(text.replace(/\/.*/, '')).toByteArray());
}
