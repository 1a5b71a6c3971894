import { describe, expect, it } from 'vitest';
import { canonicalHostPort, formatHostPort, parseHostPort, withDefaultPort } from '../../../src/config/host-port.ts';

describe('parseHostPort', () => {
  const right: readonly (readonly [string, 'ipv4' | 'ipv6', string, number])[] = [
    ['0.0.0.0:10256', 'ipv4', '0.0.0.0', 10_256],
    ['010.001.000.001:1', 'ipv4', '10.1.0.1', 1],
    ['[::]:65535', 'ipv6', '::', 65_535],
    ['[FD00:0::5]:80', 'ipv6', 'fd00::5', 80],
    ['[1.2.3.4]:80', 'ipv4', '1.2.3.4', 80],
  ];
  it.each(right)('%s', (text, family, host, port) => {
    expect(parseHostPort(text)).toEqual({ family, host, port });
  });

  it.each([
    '',
    ':10256',
    '1.2.3.4',
    '1.2.3.4:',
    '1.2.3.4:0',
    '1.2.3.4:65536',
    '1.2.3.4:-1',
    '1.2.3.4:http',
    '1.2.3.4:1:2',
    '127.0.0.256:80',
    'localhost:80',
    '::1',
    '::1:80',
    'fe80::12:10256x',
    '[fe80::1%eth0]:80',
    '[::1]',
    '[::1]80',
  ])('%j is none', text => {
    expect(parseHostPort(text)).toBeUndefined();
  });
});

it('formatHostPort puts brackets around IPv6 only', () => {
  expect(formatHostPort({ family: 'ipv6', host: 'fd00::1', port: 80 })).toBe('[fd00::1]:80');
  expect(formatHostPort({ family: 'ipv4', host: '1.2.3.4', port: 80 })).toBe('1.2.3.4:80');
});

describe('withDefaultPort', () => {
  it.each([
    ['1.2.3.4', '1.2.3.4:10256'],
    ['1.2.3.4:80', '1.2.3.4:80'],
    ['001.2.3.4', '1.2.3.4:10256'],
    ['fd00:1::5', '[fd00:1::5]:10256'],
    ['::', '[::]:10256'],
    ['[fd00:1::5]:80', '[fd00:1::5]:80'],
    ['0.0.0.0:0', '0.0.0.0:0'],
    ['localhost', 'localhost'],
    ['', ''],
  ])('%s', (text, expected) => {
    expect(withDefaultPort(text, 10_256)).toBe(expected);
  });
});

it('canonicalHostPort leaves alone what is no address', () => {
  expect(canonicalHostPort('000.0.0.0:80')).toBe('0.0.0.0:80');
  expect(canonicalHostPort('[FD00::0]:80')).toBe('[fd00::]:80');
  expect(canonicalHostPort('nonsense')).toBe('nonsense');
});
