import { describe, expect, it } from 'vitest';
import { parseStatistics } from '../../../../src/backend/ipvs/parse-statistics.ts';

/** As ipvsadm 1.31 prints it, with numbers put in. */
const PRINTED = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port               Conns   InPkts  OutPkts  InBytes OutBytes
  -> RemoteAddress:Port
TCP  10.96.0.1:80                        3       30       20     3000  2000000000
  -> 10.244.1.2:8080                     1       10        5     1000      500
  -> 10.244.1.3:8080                     2       20       15     2000  1999999500
TCP  10.96.0.9:80                        7        7        7        7        7
  -> 10.244.1.9:80                       7        7        7        7        7
UDP  [fd00:10:96::1]:53                  1        1        0       60        0
  -> [fd00:10:244::2]:53                 1        1        0       60        0
FWM  7                                   9        9        9        9        9
  -> 10.244.1.9:80                       9        9        9        9        9
`;
const LISTING = `TCP  0A600001:0050 rr
  -> 0AF40103:1F90      Masq    0      1          0
  -> 0AF40102:1F90      Masq    1      2          3
UDP  [fd00:0010:0096:0000:0000:0000:0000:0001]:0035 rr
  -> [fd00:0010:0244:0000:0000:0000:0000:0002]:0035      Masq    1      0          4
`;

describe('parseStatistics', () => {
  const all = parseStatistics(PRINTED, LISTING, key => !key.startsWith('10.96.0.9'));

  it('has ours, each virtual server before its real servers', () => {
    expect(
      all.map(({ protocol, virtualServer, realServer = '' }) => `${protocol} ${virtualServer} ${realServer}`.trim()),
    ).toEqual([
      'TCP 10.96.0.1:80',
      'TCP 10.96.0.1:80 10.244.1.2:8080',
      'TCP 10.96.0.1:80 10.244.1.3:8080',
      'UDP [fd00:10:96::1]:53',
      'UDP [fd00:10:96::1]:53 [fd00:10:244::2]:53',
    ]);
  });

  it('has what was counted, and weights and connections of now', () => {
    expect(all[0]).toEqual({
      protocol: 'TCP',
      virtualServer: '10.96.0.1:80',
      realServer: undefined,
      connections: 3,
      incomingPackets: 30,
      outgoingPackets: 20,
      incomingBytes: 3000,
      outgoingBytes: 2_000_000_000,
      weight: 1,
      activeConnections: 3,
      inactiveConnections: 3,
    });
    expect(all[2]).toMatchObject({ connections: 2, weight: 0, activeConnections: 1, inactiveConnections: 0 });
    expect(all[4]).toMatchObject({ weight: 1, inactiveConnections: 4 });
  });
});
