import { describe, expect, it } from 'vitest';
import { isProxySet, readSetClaims, tellsVirtualServers } from '../../../../src/backend/legacy/proxy-sets.ts';

describe('isProxySet', () => {
  it.each([
    { name: 'KUBE-CLUSTER-IP', expected: true },
    { name: 'KUBE-6-CLUSTER-IP', expected: true },
    { name: 'KUBE-NODE-PORT-LOCAL-SCTP-HASH', expected: true },
    // As the kernel's 31 characters make kube-proxy cut them.
    { name: 'KUBE-6-NODE-PORT-LOCAL-SCTP-HAS', expected: true },
    { name: 'KUBE-6-LOAD-BALANCER-SOURCE-CID', expected: true },
    { name: 'KUBE-6-LOAD-BALANCER-SOURCE-CIDR', expected: false },
    { name: 'KUBE-DST-SLUICETEST', expected: false },
    { name: 'cali40all-vxlan-net', expected: false },
    { name: '', expected: false },
  ])('$name: $expected', ({ name, expected }) => {
    expect(isProxySet(name)).toBe(expected);
  });
});

it('reads entries only of the sets that tell of virtual servers', () => {
  const names = ['KUBE-CLUSTER-IP', 'KUBE-6-NODE-PORT-UDP', 'KUBE-LOOP-BACK', 'KUBE-HEALTH-CHECK-NODE-PORT', 'mine'];
  expect(names.filter(tellsVirtualServers)).toEqual(['KUBE-CLUSTER-IP', 'KUBE-6-NODE-PORT-UDP']);
});

it('reads what sets hold', () => {
  const saved = `create KUBE-CLUSTER-IP hash:ip,port family inet hashsize 1024 maxelem 65536 bucketsize 12 initval 0xc0b858d3
add KUBE-CLUSTER-IP 10.96.0.1,sctp:80
create KUBE-6-CLUSTER-IP hash:ip,port family inet6 hashsize 1024 maxelem 65536
add KUBE-6-CLUSTER-IP fd00:10:96:0::1,udp:53
create KUBE-NODE-PORT-TCP bitmap:port range 0-65535
add KUBE-NODE-PORT-TCP 30080
add KUBE-6-NODE-PORT-UDP 30053
add KUBE-NODE-PORT-SCTP-HASH 192.168.0.2,sctp:30090
create KUBE-IPVS-IPS hash:ip family inet hashsize 1024 maxelem 65536
add KUBE-IPVS-IPS 10.96.0.1
add KUBE-LOOP-BACK 10.244.0.7,tcp:8080,10.244.0.7
add KUBE-HEALTH-CHECK-NODE-PORT 32000
add mine 192.0.2.1,tcp:80
`;
  expect(readSetClaims(saved)).toEqual({
    servers: new Set(['10.96.0.1,sctp:80', 'fd00:10:96::1,udp:53', '192.168.0.2,sctp:30090']),
    addresses: new Set(['10.96.0.1']),
    nodePorts: new Set(['ipv4 tcp 30080', 'ipv6 udp 30053']),
  });
});
