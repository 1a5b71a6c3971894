import { describe, expect, it } from 'vitest';
import { detectNodeAddresses } from '../../../src/config/node-addresses.ts';
import type { Family } from '../../../src/model/ip.ts';

describe('detectNodeAddresses', () => {
  const rows: readonly (readonly [
    string,
    string,
    readonly string[],
    Family,
    string | undefined,
    string | undefined,
  ])[] = [
    ['nothing is known', '0.0.0.0', [], 'ipv4', undefined, undefined],
    ['the first decides the primary family', '0.0.0.0', ['192.168.1.1'], 'ipv4', '192.168.1.1', undefined],
    ['IPv6 first', '::', ['fd00::1', '192.168.1.1'], 'ipv6', '192.168.1.1', 'fd00::1'],
    [
      'more of a family do not count',
      '0.0.0.0',
      ['10.0.0.1', '10.0.0.2', 'fd00::1', 'fd00::2'],
      'ipv4',
      '10.0.0.1',
      'fd00::1',
    ],
    [
      'an unspecified bindAddress of the other family decides nothing',
      '::',
      ['10.0.0.1'],
      'ipv4',
      '10.0.0.1',
      undefined,
    ],
    [
      'bindAddress goes before, for its family only',
      '10.9.9.9',
      ['10.0.0.1', 'fd00::1'],
      'ipv4',
      '10.9.9.9',
      'fd00::1',
    ],
    ['bindAddress decides the primary family', 'fd00::9', ['10.0.0.1', 'fd00::1'], 'ipv6', '10.0.0.1', 'fd00::9'],
    ['bindAddress alone', 'fd00::9', [], 'ipv6', undefined, 'fd00::9'],
    ['canonical', '0.0.0.0', ['010.0.0.1', 'FD00:0::1'], 'ipv4', '10.0.0.1', 'fd00::1'],
    ['what is no address is passed over', '0.0.0.0', ['nonsense', 'fd00::1'], 'ipv6', undefined, 'fd00::1'],
  ];
  it.each(rows)('%s', (_name, bindAddress, fromNode, primaryFamily, ipv4, ipv6) => {
    expect(detectNodeAddresses(bindAddress, fromNode)).toEqual({ primaryFamily, addresses: { ipv4, ipv6 } });
  });
});
