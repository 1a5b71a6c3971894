import { NFT_FAMILY, TABLE, type Entry } from '../backend/nftables/schema.ts';
import type { Family } from '../model/ip.ts';

/** An element as nft writes it, with its table: `ip kube-proxy services { 10.96.0.10 . tcp . 80 : goto cluster-tcp-2 }`. */
export const elementText = (family: Family, { container, key, value }: Entry): string =>
  `${NFT_FAMILY[family]} ${TABLE} ${container} { ${value ? `${key} : ${value}` : key} }`;

/** A chain with its table: `chain ip kube-proxy cluster-ips-check`. */
export const chainText = (family: Family, chain: string): string => `chain ${NFT_FAMILY[family]} ${TABLE} ${chain}`;

/** `1 endpoint`, `2 endpoints` */
export const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;
