import { NFT_FAMILY, type RulesetOptions } from './schema.ts';

/** The rule fragment that matches traffic of local pods, or undefined where they cannot be told. */
export function localSourceMatch({ family, localSource }: RulesetOptions, negated = false): string | undefined {
  const not = negated ? '!= ' : '';
  if (localSource === undefined) return undefined;
  return localSource === 'pod-cidrs'
    ? `${NFT_FAMILY[family]} saddr ${not}@pod-cidrs`
    : `iifname ${not}"${localSource.interfacePattern}"`;
}

export const setMark = (mark: number): string => `meta mark set meta mark | ${formatMark(mark)}`;

/** As nft prints a mark: eight hexadecimal digits. */
export const formatMark = (mark: number): string => `0x${mark.toString(16).padStart(8, '0')}`;
