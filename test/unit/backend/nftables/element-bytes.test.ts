import { describe, expect, it } from 'vitest';
import { keyText, OTHER, valueText } from '../../../../src/backend/nftables/element-bytes.ts';
import { containersOf, type ContainerName } from '../../../../src/backend/nftables/schema.ts';
import type { Family } from '../../../../src/model/ip.ts';
import { keyBytes, valueBytes } from '../../../support/element-bytes.ts';

const containerOf = (family: Family, name: ContainerName) => containersOf(family).find(one => one.name === name)!;
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

/** As kernel 6.18 tells of them on a little-endian machine. */
const KEYS: readonly (readonly [ContainerName, Family, string, string])[] = [
  ['endpoints-tcp', 'ipv4', '01000000 0a60000a 00500000', '1 . 10.96.0.10 . 80'],
  ['endpoints-tcp', 'ipv4', '00000100 cb007101 01bb0000', '65536 . 203.0.113.1 . 443'],
  ['endpoints-udp', 'ipv6', '00000000 fd000096000000000000000000000001 00350000', '0 . fd00:96::1 . 53'],
  ['services', 'ipv4', '0a60000a 06000000 00500000', '10.96.0.10 . tcp . 80'],
  ['nodeports', 'ipv4', '84000000 75300000', 'sctp . 30000'],
  ['cluster-ips', 'ipv4', '0a60000a', '10.96.0.10'],
  ['cluster-ips', 'ipv6', 'fd000096000000000000000000000001', 'fd00:96::1'],
  ['hairpin', 'ipv4', '0af40102 0af40102 11000000 1f900000', '10.244.1.2 . 10.244.1.2 . udp . 8080'],
];

describe('keyText', () => {
  it.each(KEYS)('reads a key of %s, %s: %s', (name, family, bytes, text) => {
    expect(keyText(family, containerOf(family, name), hex(bytes))).toBe(text);
    expect(keyBytes(containerOf(family, name), text)).toEqual(hex(bytes));
  });

  it.each([
    ['a protocol that no Service has', 'services', 'ipv4', '0a60000a 01000000 00500000'],
    ['a part too few', 'services', 'ipv4', '0a60000a 06000000'],
    ['a part too many', 'nodeports', 'ipv4', '06000000 75300000 00000000'],
    ['the address of another family', 'cluster-ips', 'ipv6', '00000000000000000000ffff0a60000a'],
    ['a range', 'source-ranges', 'ipv4', '0a60000a 06000000 00500000 0a000000'],
    ['a range of addresses', 'pod-cidrs', 'ipv4', '0a000000'],
  ] as const)('knows no key that is %s', (_, name, family, bytes) => {
    expect(keyText(family, containerOf(family, name), hex(bytes))).toBeUndefined();
  });
});

describe('valueText', () => {
  it.each([
    ['endpoints-tcp', 'ipv4', '10.244.1.10 . 8080'],
    ['endpoints-tcp', 'ipv6', 'fd00:244::10 . 8080'],
    ['services', 'ipv4', 'goto cluster-tcp-2'],
    ['services', 'ipv4', 'accept'],
    ['unavailable', 'ipv4', 'drop'],
    ['affinity-services', 'ipv4', 'jump learn-tcp'],
  ] as const)('reads a value of %s, %s: %s', (name, family, text) => {
    const container = containerOf(family, name);
    expect(valueText(family, container, valueBytes(container, text))).toBe(text);
  });

  it('takes what nothing of ours has for something else', () => {
    const [services, endpoints] = [containerOf('ipv4', 'services'), containerOf('ipv4', 'endpoints-tcp')];
    expect(valueText('ipv4', services, hex('0a60000a'))).toBe('other');
    expect(valueText('ipv4', endpoints, hex('0a60000a'))).toBe('other');
    expect(valueText('ipv4', endpoints, undefined)).toBe('other');
  });

  it('is empty for an element of a set', () => {
    expect(valueText('ipv4', containerOf('ipv4', 'cluster-ips'), undefined)).toBe('');
  });
});

describe('verdicts', () => {
  const services = containersOf('ipv4').find(({ name }) => name === 'services')!;
  const cases = [
    { code: 0, chain: '', text: 'drop' },
    { code: 1, chain: '', text: 'accept' },
    { code: -3, chain: 'x', text: 'jump x' },
    { code: -4, chain: 'x', text: 'goto x' },
    { code: -5, chain: '', text: 'return' },
    { code: -1, chain: '', text: OTHER },
  ];
  it.each(cases)('$code: $text', ({ text, ...verdict }) => expect(valueText('ipv4', services, verdict)).toBe(text));
});
