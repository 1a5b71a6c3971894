import { describe, expect, it } from 'vitest';
import type { Service } from '../../../src/kube/types.ts';
import { type Family, formatCidr } from '../../../src/model/ip.ts';
import { serviceAddressesOf } from '../../../src/model/service-addresses.ts';
import { service } from '../../support/builders.ts';

function read(overrides: Partial<Service>, family: Family) {
  const reported: string[] = [];
  const addresses = serviceAddressesOf(service(overrides), family, field => reported.push(field));
  return { addresses, reported };
}

const ingress = (...ips: string[]) => ips.map(ip => ({ ip, ipMode: undefined }));

describe('ClusterIP', () => {
  const dual = { clusterIPs: ['10.96.0.10', 'fd00:10:96::10'] };

  it.each([
    { name: 'the first family', given: dual, ipv4: '10.96.0.10', ipv6: 'fd00:10:96::10' },
    {
      name: 'IPv6 first',
      given: { clusterIPs: ['fd00:10:96::10', '10.96.0.10'] },
      ipv4: '10.96.0.10',
      ipv6: 'fd00:10:96::10',
    },
    { name: 'one family only', given: { clusterIP: '10.96.0.10' }, ipv4: '10.96.0.10', ipv6: undefined },
    {
      name: 'without ipFamilies the address tells (IPv4)',
      given: { clusterIP: '10.96.0.10', clusterIPs: [], ipFamilies: [] },
      ipv4: '10.96.0.10',
      ipv6: undefined,
    },
    {
      name: 'without ipFamilies the address tells (IPv6)',
      given: { clusterIP: 'fd00:10:96::10', clusterIPs: [], ipFamilies: [] },
      ipv4: undefined,
      ipv6: 'fd00:10:96::10',
    },
    {
      name: 'without ipFamilies only clusterIP counts',
      given: { ...dual, clusterIP: '10.96.0.10', ipFamilies: [] },
      ipv4: '10.96.0.10',
      ipv6: undefined,
    },
    {
      name: 'of a manifest without clusterIPs',
      given: { clusterIP: '10.96.0.10', clusterIPs: [], ipFamilies: ['IPv4', 'IPv6'] },
      ipv4: '10.96.0.10',
      ipv6: undefined,
    },
    {
      name: 'a second family without an address yet',
      given: { clusterIPs: ['10.96.0.10'], ipFamilies: ['IPv4', 'IPv6'] },
      ipv4: '10.96.0.10',
      ipv6: undefined,
    },
    {
      name: 'another spelling',
      given: { clusterIPs: ['010.096.0.010', 'FD00:10:96:0::10'] },
      ipv4: '10.96.0.10',
      ipv6: 'fd00:10:96::10',
    },
    { name: 'None', given: { clusterIP: 'None', ipFamilies: ['IPv4'] }, ipv4: undefined, ipv6: undefined },
  ])('$name', ({ given, ipv4, ipv6 }) => {
    expect(read(given, 'ipv4').addresses?.clusterIP).toBe(ipv4);
    expect(read(given, 'ipv6').addresses?.clusterIP).toBe(ipv6);
    expect([...read(given, 'ipv4').reported, ...read(given, 'ipv6').reported]).toEqual([]);
  });

  it.each([
    { name: 'no address', given: { clusterIPs: ['nonsense'], ipFamilies: ['IPv4'] }, reported: ['spec.clusterIPs[0]'] },
    {
      name: 'of the other family',
      given: { clusterIPs: ['fd00::1'], ipFamilies: ['IPv4'] },
      reported: ['spec.clusterIPs[0]'],
    },
    {
      name: 'no address, without ipFamilies',
      given: { clusterIP: '10.96.0', clusterIPs: [], ipFamilies: [] },
      reported: ['spec.clusterIP'],
    },
    {
      name: 'the second is wrong',
      given: { clusterIPs: ['fd00::1', '10.96.0.300'], ipFamilies: ['IPv6', 'IPv4'] },
      reported: ['spec.clusterIPs[1]'],
    },
  ])('is reported: $name', ({ given, reported }) => {
    expect(read(given, 'ipv4')).toEqual({ addresses: undefined, reported });
  });
});

describe.each([
  {
    family: 'ipv4',
    clusterIP: '10.96.0.10',
    a: '203.0.113.30',
    b: '203.0.113.31',
    other: '2001:db8:5::30',
    spelled: '203.0.113.030',
  },
  {
    family: 'ipv6',
    clusterIP: 'fd00:10:96::10',
    a: '2001:db8:5::30',
    b: '2001:db8:5::31',
    other: '203.0.113.30',
    spelled: '2001:DB8:5:0::30',
  },
] as const)('external addresses of $family', ({ family, clusterIP, a, b, other, spelled }) => {
  it.each<{
    name: string;
    given: Partial<Service>;
    externalIPs?: string[];
    loadBalancerIPs?: string[];
    reported?: string[];
  }>([
    { name: 'none', given: {} },
    {
      name: 'split by family',
      given: { externalIPs: [other, a], loadBalancerIngress: ingress(other, b) },
      externalIPs: [a],
      loadBalancerIPs: [b],
    },
    { name: 'in order', given: { externalIPs: [b, a], loadBalancerIngress: [] }, externalIPs: [b, a] },
    { name: 'two spellings of one', given: { externalIPs: [a, spelled] }, externalIPs: [a] },
    { name: 'two ingresses of one', given: { loadBalancerIngress: ingress(a, spelled, b) }, loadBalancerIPs: [a, b] },
    {
      name: 'blank and invalid ones (E-1)',
      given: { externalIPs: ['', ' ', 'nonsense', a], loadBalancerIngress: ingress('', ' ', '203.0.113.999', b) },
      externalIPs: [a],
      loadBalancerIPs: [b],
      reported: ['spec.externalIPs[2]', 'status.loadBalancer.ingress[2].ip'],
    },
    {
      name: 'a blank around an address is wrong',
      given: { externalIPs: [` ${a}`] },
      reported: ['spec.externalIPs[0]'],
    },
    {
      name: 'modes of ingress (E-3)',
      given: {
        loadBalancerIngress: [
          { ip: a, ipMode: 'Proxy' },
          { ip: b, ipMode: 'VIP' },
          { ip: 'nonsense', ipMode: 'Proxy' },
        ],
      },
      loadBalancerIPs: [b],
    },
    {
      name: 'an external IP that is a load balancer IP, too, is firewalled as such',
      given: { externalIPs: [a, b], loadBalancerIngress: ingress(spelled) },
      externalIPs: [b],
      loadBalancerIPs: [a],
    },
  ])('$name', ({ given, externalIPs = [], loadBalancerIPs = [], reported = [] }) => {
    const found = read({ clusterIP, ...given }, family);
    expect(found.addresses).toEqual({ clusterIP, externalIPs, loadBalancerIPs, sourceRanges: [] });
    expect(found.reported).toEqual(reported);
  });
});

describe('loadBalancerSourceRanges', () => {
  it.each([
    {
      name: 'split by family (E-2)',
      given: ['192.168.100.0/24', 'fd00:100::/64'],
      ipv4: ['192.168.100.0/24'],
      ipv6: ['fd00:100::/64'],
    },
    { name: 'of the other family only (E-2)', given: ['192.168.100.0/24'], ipv4: ['192.168.100.0/24'], ipv6: [] },
    {
      name: 'blanks around are trimmed',
      given: [' 10.0.0.0/8 ', '\tfd00::/8'],
      ipv4: ['10.0.0.0/8'],
      ipv6: ['fd00::/8'],
    },
    {
      name: 'canonical, each once',
      given: ['010.1.2.3/8', '10.0.0.0/8', 'FD00::1/8'],
      ipv4: ['10.0.0.0/8'],
      ipv6: ['fd00::/8'],
    },
    { name: 'all zeros', given: ['0.0.0.0/0', '::/0'], ipv4: ['0.0.0.0/0'], ipv6: ['::/0'] },
    {
      name: 'blank and invalid ones (E-1)',
      given: ['', '  ', 'nonsense', '192.168.100.0/99', '10.0.0.1', '10.0.0.0/8'],
      ipv4: ['10.0.0.0/8'],
      ipv6: [],
      reported: [2, 3, 4].map(i => `spec.loadBalancerSourceRanges[${i}]`),
    },
  ])('$name', ({ given, ipv4, ipv6, reported = [] }) => {
    const overrides = { clusterIPs: ['10.96.0.10', 'fd00:10:96::10'], loadBalancerSourceRanges: given };
    expect(read(overrides, 'ipv4').addresses?.sourceRanges.map(formatCidr)).toEqual(ipv4);
    expect(read(overrides, 'ipv6').addresses?.sourceRanges.map(formatCidr)).toEqual(ipv6);
    expect(read(overrides, 'ipv4').reported).toEqual(reported);
  });
});
