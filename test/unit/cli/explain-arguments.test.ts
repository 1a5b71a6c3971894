import { describe, expect, it } from 'vitest';
import { parseQuestion } from '../../../src/cli/explain-arguments.ts';
import { UsageError } from '../../../src/cli/program.ts';

const v4 = (text: string) => ({ family: 'ipv4', text });
const v6 = (text: string) => ({ family: 'ipv6', text });

describe('parseQuestion', () => {
  const rows: readonly (readonly [string, object])[] = [
    ['default/web', { about: 'service', owner: 'default/web' }],
    [
      '10.0.0.1 10.96.0.10:80',
      {
        about: 'packet',
        source: v4('10.0.0.1'),
        destination: { address: v4('10.96.0.10'), port: 80, protocol: 'TCP' },
      },
    ],
    ['010.0.0.1 10.96.0.10:80/udp', { source: v4('10.0.0.1'), destination: { protocol: 'UDP' } }],
    ['host 10.96.0.10:80/SCTP', { source: undefined, destination: { protocol: 'SCTP' } }],
    [
      'HOST [FD00::1]:80/Tcp',
      { source: undefined, destination: { address: v6('fd00::1'), port: 80, protocol: 'TCP' } },
    ],
    ['fd00::2 [fd00::1]:65535', { source: v6('fd00::2'), destination: { port: 65_535 } }],
    ['[fd00::2] [fd00::1]:1', { source: v6('fd00::2') }],
    ['10.0.0.1 [::ffff:10.96.0.10]:80', { destination: { address: v4('10.96.0.10') } }],
    ['host default/web', { destination: { owner: 'default/web', port: undefined, protocol: undefined } }],
    ['host default/web:http', { destination: { owner: 'default/web', port: 'http', protocol: undefined } }],
    ['fd00::2 default/my.web:53/udp', { destination: { owner: 'default/my.web', port: '53', protocol: 'UDP' } }],
    ['host default/web/sctp', { destination: { owner: 'default/web', port: undefined, protocol: 'SCTP' } }],
  ];
  it.each(rows)('%s', (line, expected) => {
    expect(parseQuestion(line.split(' '), undefined)).toMatchObject(expected);
  });

  it('takes the interface', () => {
    expect(parseQuestion(['10.0.0.1', '10.96.0.10:80'], 'veth1')).toMatchObject({ interfaceName: 'veth1' });
  });
});

describe('parseQuestion refuses', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['', 'explain takes SOURCE and DESTINATION, or NAMESPACE/NAME'],
    [
      '10.96.0.10:80',
      '"10.96.0.10:80" is no NAMESPACE/NAME of a Service; for a packet, SOURCE and DESTINATION are needed',
    ],
    ['web', '"web" is no NAMESPACE/NAME'],
    ['default/web:http', '"default/web:http" is no NAMESPACE/NAME'],
    ['a/b/c', '"a/b/c" is no NAMESPACE/NAME'],
    ['host 10.96.0.10:80 more', 'and got "more", too'],
    ['pod 10.96.0.10:80', 'SOURCE "pod" is no IP address, and not "host"'],
    ['10.0.0.256 10.96.0.10:80', 'SOURCE "10.0.0.256" is no IP address'],
    ['10.0.0.1:5000 10.96.0.10:80', 'SOURCE "10.0.0.1:5000" is no IP address'],
    ['host 10.96.0.10', 'DESTINATION "10.96.0.10" has no port: write 10.96.0.10:PORT'],
    ['host fd00::1', 'DESTINATION "fd00::1" has no port: write [fd00::1]:PORT'],
    ['host [fd00::1]', 'DESTINATION "[fd00::1]" is not ADDRESS:PORT, [ADDRESS]:PORT or NAMESPACE/NAME:PORT'],
    ['host 10.96.0.10/udp', 'DESTINATION "10.96.0.10/udp"'],
    ['host 10.96.0.10:', 'has "" where a port, 1 to 65535, should be'],
    ['host 10.96.0.10:0', 'has "0" where a port'],
    ['host 10.96.0.10:65536', 'has "65536" where a port'],
    ['host 10.96.0.10:http', 'has "http" where a port'],
    ['host 10.96.0.300:80', 'has "10.96.0.300" where an IP address should be'],
    ['host example.com:80', 'has "example.com" where an IP address should be'],
    ['host 10.96.0.10:80/icmp', 'has "icmp" where tcp, udp or sctp should be'],
    ['host 10.96.0.10:80/', 'has "" where tcp, udp or sctp should be'],
    ['host default/web:', 'has nothing where a port should be'],
    ['host default/web:80/ip', 'has "ip" where tcp, udp or sctp should be'],
    ['host nonsense', 'is not ADDRESS:PORT'],
    ['10.0.0.1 [fd00::1]:80', 'SOURCE 10.0.0.1 is IPv4, and DESTINATION fd00::1 is IPv6'],
  ];
  it.each(rows)('%s', (line, message) => {
    const operands = line.split(' ').filter(word => word !== '');
    expect(() => parseQuestion(operands, undefined)).toThrow(UsageError);
    expect(() => parseQuestion(operands, undefined)).toThrow(message);
    try {
      parseQuestion(operands, undefined);
    } catch (error) {
      expect(String(error)).not.toContain('\n');
    }
  });

  it.each([
    { operands: ['host', '10.96.0.10:80'], message: '--from-interface is for what comes in' },
    { operands: ['default/web'], message: '--from-interface is about a packet' },
  ])('--from-interface with $operands', ({ operands, message }) => {
    expect(() => parseQuestion(operands, 'veth1')).toThrow(message);
  });
});
