import { isIPv6 } from 'node:net';
import * as fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { expect, it } from 'vitest';
import {
  type Cidr,
  cidrContains,
  cidrCovers,
  formatCidr,
  parseAddress,
  parseCidr,
  withoutCovered,
} from '../../../src/model/ip.ts';

const groups = fc.array(fc.oneof(fc.constant(0), fc.nat(0xff_ff)), { minLength: 8, maxLength: 8 });

it('prints an IPv6 address by RFC 5952, however it was written', () => {
  const written = fc.tuple(groups, fc.integer({ min: 0, max: 7 }), fc.boolean()).map(([numbers, at, capitals]) => {
    const texts = numbers.map((number, i) => number.toString(16).padStart((at + i) % 5, '0'));
    // A run of zeros somewhere may be left out.
    let end = at;
    while (end < 8 && numbers[end] === 0) end++;
    const text = end > at ? `${texts.slice(0, at).join(':')}::${texts.slice(end).join(':')}` : texts.join(':');
    return { numbers, text: capitals ? text.toUpperCase() : text };
  });
  fc.assert(
    fc.property(written, ({ numbers, text }) => {
      const isMapped = numbers.slice(0, 5).every(number => number === 0) && numbers[5] === 0xff_ff;
      fc.pre(!isMapped);
      expect(parseAddress(text)).toEqual({ family: 'ipv6', text: new ipaddr.IPv6(numbers).toRFC5952String() });
    }),
    { numRuns: 5000 },
  );
});

it('takes as IPv6 what Node takes, but for scopes', () => {
  const piece = fc.constantFrom(
    '0',
    '1',
    'ffff',
    '::',
    ':',
    'abcd',
    '00001',
    'g',
    '1.2.3.4',
    '1.02.3.4',
    ' ',
    ']',
    '/',
    '%eth0',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), pieces => {
      const text = pieces.join('');
      fc.pre(text.includes(':'));
      expect(parseAddress(text) !== undefined).toBe(isIPv6(text) && !text.includes('%'));
    }),
    { numRuns: 20_000 },
  );
});

it('leaves CIDRs that hold the same addresses, none of them within another', () => {
  const address = fc.tuple(fc.constantFrom(10, 11), fc.nat(3), fc.nat(1), fc.nat(255)).map(bytes => bytes.join('.'));
  const cidr = fc
    .tuple(address, fc.constantFrom(0, 7, 8, 15, 16, 24, 31, 32))
    .map(([text, prefix]): Cidr => parseCidr(`${text}/${prefix}`)!);
  fc.assert(
    fc.property(
      fc.array(cidr, { maxLength: 8 }),
      fc.array(address, { minLength: 20, maxLength: 20 }),
      (cidrs, addresses) => {
        const kept = withoutCovered(cidrs);
        expect(withoutCovered(cidrs.toReversed())).toEqual(kept);
        for (const one of kept) {
          expect(kept.filter(other => cidrCovers(other, one)).map(formatCidr)).toEqual([formatCidr(one)]);
        }
        for (const text of addresses) {
          const holds = (one: Cidr) => cidrContains(one, { family: 'ipv4', text });
          expect(kept.some(holds)).toBe(cidrs.some(holds));
        }
      },
    ),
    { numRuns: 1000 },
  );
});
