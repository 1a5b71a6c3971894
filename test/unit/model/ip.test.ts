import { describe, expect, it } from 'vitest';
import {
  cidrContains,
  cidrCovers,
  formatCidr,
  hostCidr,
  isLoopback,
  isZeroCidr,
  parseAddress,
  parseCidr,
  withoutCovered,
} from '../../../src/model/ip.ts';

describe('parseAddress', () => {
  it.each([
    { name: 'IPv4', text: '10.0.0.1', family: 'ipv4', canonical: '10.0.0.1' },
    { name: 'leading zeros are decimal', text: '010.020.030.040', family: 'ipv4', canonical: '10.20.30.40' },
    { name: 'IPv6', text: 'fd00:10:96::10', family: 'ipv6', canonical: 'fd00:10:96::10' },
    { name: 'capitals', text: 'FD00::ABCD', family: 'ipv6', canonical: 'fd00::abcd' },
    { name: 'leading zeros of IPv6', text: 'fd00:0010:0000::0010', family: 'ipv6', canonical: 'fd00:10::10' },
    { name: 'written out', text: 'fd00:0:0:0:0:0:0:1', family: 'ipv6', canonical: 'fd00::1' },
    { name: 'the longest run of zeros', text: '1:0:0:2:0:0:0:3', family: 'ipv6', canonical: '1:0:0:2::3' },
    { name: 'the first of two runs', text: '1:0:0:2:0:0:3:4', family: 'ipv6', canonical: '1::2:0:0:3:4' },
    { name: 'a single zero is no run', text: '1::2:3:4:5:6:7', family: 'ipv6', canonical: '1:0:2:3:4:5:6:7' },
    { name: 'unspecified', text: '::', family: 'ipv6', canonical: '::' },
    { name: 'IPv4 notation within', text: '64:ff9b::192.0.2.1', family: 'ipv6', canonical: '64:ff9b::c000:201' },
    { name: 'IPv4-mapped', text: '::ffff:10.0.0.1', family: 'ipv4', canonical: '10.0.0.1' },
    { name: 'IPv4-mapped in hexadecimal', text: '::FFFF:a00:1', family: 'ipv4', canonical: '10.0.0.1' },
    { name: 'IPv4-mapped zero', text: '::ffff:0:0', family: 'ipv4', canonical: '0.0.0.0' },
    { name: 'IPv4-compatible is not mapped', text: '::1.2.3.4', family: 'ipv6', canonical: '::102:304' },
  ])('takes $name: $text', ({ text, family, canonical }) => {
    expect(parseAddress(text)).toEqual({ family, text: canonical });
  });

  it.each([
    '',
    ' ',
    ' 10.0.0.1',
    '10.0.0.1 ',
    '10.0.0',
    '10.0.0.256',
    '010.0.0.256',
    '10.0.0.0x1',
    '1.2.3.4.5',
    '0x0a000001',
    'example.com',
    '10.0.0.1/32',
    ':',
    ':::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '12345::',
    'g::1',
    'fe80::1%eth0',
    '[::1]',
    '::1/128',
    '::ffff:010.0.0.1',
    '::1]:80/[',
  ])('refuses %j', text => {
    expect(parseAddress(text)).toBeUndefined();
  });
});

describe('parseCidr', () => {
  it.each([
    { text: '10.0.0.0/8', family: 'ipv4', canonical: '10.0.0.0/8' },
    { text: '010.1.2.3/08', family: 'ipv4', canonical: '10.0.0.0/8' },
    { text: '192.168.100.9/32', family: 'ipv4', canonical: '192.168.100.9/32' },
    { text: '1.2.3.4/0', family: 'ipv4', canonical: '0.0.0.0/0' },
    { text: 'FD00:10:0::1/32', family: 'ipv6', canonical: 'fd00:10::/32' },
    { text: '::/0', family: 'ipv6', canonical: '::/0' },
    { text: 'fd00::1/127', family: 'ipv6', canonical: 'fd00::/127' },
    { text: '::ffff:10.1.2.3/104', family: 'ipv4', canonical: '10.0.0.0/8' },
  ])('takes $text', ({ text, family, canonical }) => {
    const cidr = parseCidr(text)!;
    expect(cidr.family).toBe(family);
    expect(formatCidr(cidr)).toBe(canonical);
  });

  it.each([
    '',
    '10.0.0.0',
    '10.0.0.0/',
    '/8',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '::/129',
    '10.0.0.0/8/8',
    'x/8',
    '::ffff:1.2.3.4/95',
  ])('refuses %j', text => {
    expect(parseCidr(text)).toBeUndefined();
  });
});

const cidr = (text: string) => parseCidr(text)!;
const address = (text: string) => parseAddress(text)!;

describe('containment', () => {
  it.each([
    { outer: '192.168.100.0/24', inner: '192.168.100.255', held: true },
    { outer: '192.168.100.0/24', inner: '192.168.101.0', held: false },
    { outer: '0.0.0.0/0', inner: '192.168.100.1', held: true },
    { outer: '0.0.0.0/0', inner: 'fd00::1', held: false },
    { outer: '::/0', inner: '192.168.100.1', held: false },
    { outer: 'fd00:100::/64', inner: 'fd00:100::9', held: true },
    { outer: 'fd00:100::/123', inner: 'fd00:100::20', held: false },
  ])('$outer holds $inner: $held', ({ outer, inner, held }) => {
    expect(cidrContains(cidr(outer), address(inner))).toBe(held);
    expect(cidrCovers(cidr(outer), hostCidr(address(inner)))).toBe(held);
  });

  it('covers equal and narrower CIDRs only', () => {
    expect(cidrCovers(cidr('10.0.0.0/8'), cidr('10.0.0.0/8'))).toBe(true);
    expect(cidrCovers(cidr('10.0.0.0/8'), cidr('10.1.0.0/16'))).toBe(true);
    expect(cidrCovers(cidr('10.0.0.0/16'), cidr('10.0.0.0/8'))).toBe(false);
  });
});

describe('withoutCovered', () => {
  it.each([
    { name: 'nothing', given: [], kept: [] },
    { name: 'duplicates', given: ['10.1.0.0/16', '10.1.2.3/16'], kept: ['10.1.0.0/16'] },
    {
      name: 'narrower ones, whatever the order',
      given: ['10.1.2.0/24', '10.1.0.0/16', '10.1.2.3/32'],
      kept: ['10.1.0.0/16'],
    },
    { name: 'neighbours stay', given: ['10.0.1.0/24', '10.0.0.0/24'], kept: ['10.0.0.0/24', '10.0.1.0/24'] },
    { name: 'all under a zero CIDR', given: ['10.0.0.0/8', '0.0.0.0/0'], kept: ['0.0.0.0/0'] },
    {
      name: 'IPv6',
      given: ['fd00:100::9/128', 'fd00:100::/123', 'fd00:200::/64'],
      kept: ['fd00:200::/64', 'fd00:100::/123'],
    },
  ])('$name', ({ given, kept }) => {
    expect(withoutCovered(given.map(cidr)).map(formatCidr)).toEqual(kept);
    expect(withoutCovered(given.map(cidr).toReversed()).map(formatCidr)).toEqual(kept);
  });
});

it.each([
  { text: '127.0.0.1', is: true },
  { text: '127.9.9.9', is: true },
  { text: '12.7.0.1', is: false },
  { text: '::1', is: true },
  { text: '::2', is: false },
])('isLoopback of $text is $is', ({ text, is }) => {
  expect(isLoopback(address(text))).toBe(is);
});

it('isZeroCidr is about the prefix', () => {
  expect(isZeroCidr(cidr('0.0.0.0/0'))).toBe(true);
  expect(isZeroCidr(cidr('0.0.0.0/1'))).toBe(false);
});
