import { describe, expect, it } from 'vitest';
import { nodePortAddressesFor } from '../../../src/config/node-port-addresses.ts';
import { formatCidr, type Family } from '../../../src/model/ip.ts';

const both = { ipv4: '192.168.100.1', ipv6: 'fd00:100::1' };
const onlyIPv4 = { ipv4: '192.168.100.1', ipv6: undefined };
const none = { ipv4: undefined, ipv6: undefined };

describe('nodePortAddressesFor', () => {
  const rows: readonly (readonly [
    string,
    readonly string[],
    Family,
    Record<Family, string | undefined>,
    readonly string[] | 'all',
  ])[] = [
    ['no list', [], 'ipv4', both, 'all'],
    ['primary, IPv4', ['primary'], 'ipv4', both, ['192.168.100.1/32']],
    ['primary, IPv6', ['primary'], 'ipv6', both, ['fd00:100::1/128']],
    ['primary without an address of the family', ['primary'], 'ipv6', onlyIPv4, 'all'],
    ['primary without any address', ['primary'], 'ipv4', none, 'all'],
    ['primary that is a loopback address', ['primary'], 'ipv4', { ipv4: '127.0.0.1', ipv6: '::1' }, 'all'],
    [
      'CIDRs of the family only',
      ['10.0.0.0/8', 'fd00::/48', '192.168.0.0/16'],
      'ipv4',
      both,
      ['10.0.0.0/8', '192.168.0.0/16'],
    ],
    ['none of the family', ['10.0.0.0/8'], 'ipv6', both, 'all'],
    ['a zero CIDR goes before others', ['10.0.0.0/8', '0.0.0.0/0'], 'ipv4', both, 'all'],
    ['a zero CIDR of the other family does not', ['10.0.0.0/8', '::/0'], 'ipv4', both, ['10.0.0.0/8']],
  ];
  it.each(rows)('%s', (_name, nodePortAddresses, family, addresses, expected) => {
    const result = nodePortAddressesFor({ nodePortAddresses }, family, addresses);
    expect(result.kind === 'all' ? 'all' : result.cidrs.map(formatCidr)).toEqual(expected);
  });
});
