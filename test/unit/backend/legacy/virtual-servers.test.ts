import { describe, expect, it } from 'vitest';
import {
  encodeServerDeletes,
  isProxyServer,
  parseVirtualServers,
  type IpvsServer,
} from '../../../../src/backend/legacy/virtual-servers.ts';

const server = (address: string, port: number, protocol: IpvsServer['protocol'] = 'tcp'): IpvsServer => ({
  family: address.includes(':') ? 'ipv6' : 'ipv4',
  protocol,
  address,
  port,
});

/** As Linux 6.1 listed them; the blanks at the ends of its lines are left out. */
const LISTING = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port Forward Weight ActiveConn InActConn
UDP  C0A80002:7580 wlc
TCP  C0A80002:1F90 wlc
TCP  0A600001:01BB rr
  -> C0A80002:192B      Masq    1      0          0
TCP  [fd00:0010:0096:0000:0000:0000:0000:000a]:0050 rr
  -> [fd00:0010:0000:0000:0000:0000:0000:0007]:1F90      Masq    1      0          0
SCTP  C0A80002:758A rr
UDP  0A60000A:0035 rr  persistent 2700000 FFFFFFFF
FWM  00000007 wlc
`;

describe('parseVirtualServers', () => {
  it("reads the kernel's list", () => {
    expect(parseVirtualServers(LISTING)).toEqual([
      server('192.168.0.2', 30080, 'udp'),
      server('192.168.0.2', 8080),
      server('10.96.0.1', 443),
      server('fd00:10:96::a', 80),
      server('192.168.0.2', 30090, 'sctp'),
      server('10.96.0.10', 53, 'udp'),
    ]);
  });

  it('reads nothing in an empty list', () => {
    expect(parseVirtualServers('')).toEqual([]);
  });
});

describe('isProxyServer', () => {
  const evidence = {
    boundAddresses: new Set(['10.96.0.1', 'fd00:10:96::a']),
    hostAddresses: new Set(['192.168.0.2', '127.0.0.1', 'fd00::2', '192.0.2.50']),
    addresses: new Set(['10.96.0.2']),
    servers: new Set(['192.0.2.50,tcp:80']),
    nodePorts: new Set(['ipv4 tcp 30080']),
  };
  it.each([
    { name: 'an address on kube-ipvs0', server: server('10.96.0.1', 1), expected: true },
    { name: 'an IPv6 address on kube-ipvs0', server: server('fd00:10:96::a', 80, 'udp'), expected: true },
    { name: 'an address that was on it, by its set', server: server('10.96.0.2', 80), expected: true },
    { name: 'an external address of another interface', server: server('192.0.2.50', 80), expected: true },
    { name: 'the same on another port', server: server('192.0.2.50', 81), expected: false },
    { name: 'the same of another protocol', server: server('192.0.2.50', 80, 'udp'), expected: false },
    { name: 'a NodePort', server: server('192.168.0.2', 30080), expected: true },
    { name: 'its port of another protocol', server: server('192.168.0.2', 30080, 'udp'), expected: false },
    { name: 'its port of another family', server: server('fd00::2', 30080), expected: false },
    { name: 'its port at an address that is not of this node', server: server('192.168.0.3', 30080), expected: false },
    { name: "somebody else's on an address of this node", server: server('192.168.0.2', 80), expected: false },
    { name: "somebody else's on a virtual address", server: server('203.0.113.80', 80), expected: false },
  ])('$name: $expected', ({ server, expected }) => {
    expect(isProxyServer(server, evidence)).toBe(expected);
  });
});

it('writes what deletes them', () => {
  const servers = [server('10.96.0.1', 443), server('10.96.0.10', 53, 'udp'), server('fd00:10:96::a', 80, 'sctp')];
  expect(encodeServerDeletes(servers)).toBe(
    '-D -t 10.96.0.1:443\n-D -u 10.96.0.10:53\n-D --sctp-service [fd00:10:96::a]:80\n',
  );
});
