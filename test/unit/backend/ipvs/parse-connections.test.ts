import { expect, it } from 'vitest';
import { parseConnections } from '../../../../src/backend/ipvs/parse-connections.ts';

/** Of Linux 6.1. */
const LISTING = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port Forward Weight ActiveConn InActConn
TCP  0A600001:01BB wlc  persistent 2700000 FFFFFFFF
SCTP 0A60000D:0F1C rr  
  -> 0AF40102:0F1C      Masq    1      0          0         
TCP  [fd00:0010:0096:0000:0000:0000:0000:0001]:0050 rr persistent 2700000 80000000
  -> [fd00:0010:0244:0000:0000:0000:0000:0002]:1F90      Masq    1      2          3         
TCP  0A600001:0050 rr  
  -> 0AF40103:1F90      Masq    0      1          0         
FWM  00000007 rr 
  -> 0AF40109:0050      Route   3      9          9         
`;

it('reads the connections of each real server, but for packet marks', () => {
  const { realServers, virtualServers } = parseConnections(LISTING);
  expect(Object.fromEntries(virtualServers)).toEqual({
    '10.96.0.1 . tcp . 443': 0,
    '10.96.0.13 . sctp . 3868': 0,
    'fd00:10:96::1 . tcp . 80': 5,
    '10.96.0.1 . tcp . 80': 1,
  });
  expect(Object.fromEntries(realServers)).toEqual({
    '10.96.0.13 . sctp . 3868 . 10.244.1.2 . 3868': 0,
    'fd00:10:96::1 . tcp . 80 . fd00:10:244::2 . 8080': 5,
    '10.96.0.1 . tcp . 80 . 10.244.1.3 . 8080': 1,
  });
});

it('reads nothing where there is nothing', () => {
  expect(parseConnections('').virtualServers.size).toBe(0);
});
