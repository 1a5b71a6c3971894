import { describe, expect, it } from 'vitest';
import { WantedRoutes } from '../../../../src/backend/ipvs/wanted-routes.ts';
import type { FamilyUnit } from '../../../../src/backend/nftables/diff.ts';
import type { Entry } from '../../../../src/backend/nftables/schema.ts';

const cidr = (key: string): Entry => ({ container: 'service-cidrs', key, value: '' });
const clusterIP = (key: string): Entry => ({ container: 'cluster-ips', key, value: '' });
const verdict: Entry = { container: 'services', key: '10.96.0.1 . tcp . 80', value: 'return' };
const NONE: ReadonlySet<string> = new Set();

function wanted(...entries: Entry[]): WantedRoutes {
  const routes = new WantedRoutes('ipv4');
  routes.reset(entries);
  return routes;
}

const unit = (deletes: readonly Entry[], adds: readonly Entry[], family: 'ipv4' | 'ipv6' = 'ipv4'): FamilyUnit => ({
  family,
  owner: 'd/web',
  deletes,
  adds,
});

describe('WantedRoutes', () => {
  it('begins anew', () => {
    const routes = wanted(cidr('10.96.0.0/16'), clusterIP('10.98.0.1'));
    routes.reset([cidr('10.97.0.0/16'), clusterIP('10.99.0.1'), verdict]);
    expect(routes.cidrs(NONE)).toEqual(['10.97.0.0/16', '10.99.0.1/32']);
  });

  it.each<{
    readonly name: string;
    readonly units: readonly FamilyUnit[];
    readonly matters: boolean;
    readonly cidrs: readonly string[];
  }>([
    {
      name: 'a ClusterIP comes',
      units: [unit([], [clusterIP('10.99.0.1')])],
      matters: true,
      cidrs: ['10.96.0.0/16', '10.98.0.1/32', '10.99.0.1/32'],
    },
    { name: 'a ClusterIP leaves', units: [unit([clusterIP('10.98.0.1')], [])], matters: true, cidrs: ['10.96.0.0/16'] },
    {
      name: 'a CIDR comes, and something that does not matter',
      units: [unit([], [cidr('10.98.0.0/16'), verdict])],
      matters: true,
      cidrs: ['10.96.0.0/16', '10.98.0.0/16'],
    },
    {
      name: 'a CIDR is replaced',
      units: [unit([cidr('10.96.0.0/16')], [cidr('10.95.0.0/16')])],
      matters: true,
      cidrs: ['10.95.0.0/16', '10.98.0.1/32'],
    },
    {
      name: 'both leave',
      units: [unit([clusterIP('10.98.0.1'), cidr('10.96.0.0/16')], [])],
      matters: true,
      cidrs: [],
    },
    {
      name: 'what was not there leaves',
      units: [unit([clusterIP('10.98.0.9'), cidr('10.95.0.0/16')], [])],
      matters: false,
      cidrs: ['10.96.0.0/16', '10.98.0.1/32'],
    },
    {
      name: 'another family',
      units: [unit([clusterIP('10.98.0.1')], [clusterIP('fd00::1')], 'ipv6')],
      matters: false,
      cidrs: ['10.96.0.0/16', '10.98.0.1/32'],
    },
    { name: 'elements', units: [unit([verdict], [verdict])], matters: false, cidrs: ['10.96.0.0/16', '10.98.0.1/32'] },
  ])('follows: $name', ({ units, matters, cidrs }) => {
    const routes = wanted(cidr('10.96.0.0/16'), clusterIP('10.98.0.1'));
    expect(routes.follow(units)).toBe(matters);
    expect(routes.cidrs(NONE)).toEqual(cidrs);
  });

  it('takes no network that the node is in, but the ClusterIPs there, and no address of the node', () => {
    const routes = wanted(cidr('10.96.0.0/16'), clusterIP('10.96.0.1'), clusterIP('10.96.0.5'), clusterIP('192.0.2.1'));
    expect(routes.cidrs(new Set(['192.0.2.1']))).toEqual(['10.96.0.0/16']);
    expect(routes.cidrs(new Set(['10.96.0.5']))).toEqual(['10.96.0.1/32', '192.0.2.1/32']);
  });

  it('covers what is in a CIDR; of IPv6, too', () => {
    const routes = new WantedRoutes('ipv6');
    routes.reset([cidr('fd00:96::/112'), clusterIP('fd00:98::1')]);
    expect(['fd00:96::7', 'fd00:98::1'].map(address => routes.covers(address))).toEqual([true, false]);
    expect(routes.cidrs(NONE)).toEqual(['fd00:96::/112', 'fd00:98::1/128']);
  });
});
