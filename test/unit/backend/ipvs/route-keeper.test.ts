import { beforeEach, describe, expect, it } from 'vitest';
import { RouteKeeper } from '../../../../src/backend/ipvs/route-keeper.ts';
import { sharedKey } from '../../../../src/backend/nftables/claim.ts';
import { DesiredTable } from '../../../../src/backend/nftables/desired-table.ts';
import type { LocalRoute } from '../../../../src/kernel/local-routes.ts';
import type { Family } from '../../../../src/model/ip.ts';
import { IPVS_RULESET } from '../../../fakes/fake-ipvs-machine.ts';
import { FakeNft } from '../../../fakes/fake-nft.ts';
import { keptLog } from '../../../support/log-lines.ts';

const NO_GUARD = 'add table arp kube-proxy\ndelete table arp kube-proxy\n';

class NftOfArp extends FakeNft {
  readonly texts: string[] = [];
  override apply(text: string): Promise<void> {
    this.texts.push(text);
    return Promise.resolve();
  }
}

function setUp({ family = 'ipv4', arpGuard = true }: { family?: Family; arpGuard?: boolean } = {}) {
  const nft = new NftOfArp();
  const log = keptLog();
  const routes = new Map<string, LocalRoute>();
  const given = { source: '192.0.2.1' as string | undefined, own: ['192.0.2.1'] };
  /** So many of the next changes fail. */
  const failing = { times: 0 };
  let changes = 0;
  const keeper = new RouteKeeper({
    family,
    nft,
    routes: {
      list: () => Promise.resolve([...routes.values()]),
      change: (_, { adds = [], replaces = [], deletes = [] }) => {
        changes += 1;
        failing.times -= 1;
        if (failing.times >= 0) return Promise.reject(new Error('no route'));
        for (const { cidr } of deletes) routes.delete(cidr);
        for (const route of [...adds, ...replaces]) routes.set(route.cidr, route);
        return Promise.resolve();
      },
    },
    source: () => given.source,
    ownAddresses: () => given.own,
    arpGuard,
    logger: log.logger,
  });
  const table = new DesiredTable({ ...IPVS_RULESET, family });
  const want = (...cidrs: string[]) => table.setNode({ podCIDRs: [], serviceCIDRs: cidrs, nodePortAddresses: [] });
  const clusterIP = (...addresses: string[]) =>
    table.set('d/web', '', { claims: [], shared: addresses.map(one => sharedKey('cluster-ips', one)) });
  return { keeper, table, want, clusterIP, nft, log, routes, given, failing, changes: () => changes };
}

describe('RouteKeeper', () => {
  let world: ReturnType<typeof setUp>;
  beforeEach(() => void (world = setUp()));

  const route = (cidr: string, source: string | undefined = '192.0.2.1'): LocalRoute => ({ cidr, source });
  const present = (): readonly LocalRoute[] => [...world.routes.values()];

  it('makes the routes of a table, guards them, and deletes what is not wanted any more', async () => {
    const { keeper, table, want, routes, nft, changes } = world;
    want('10.96.0.0/16');
    routes.set('10.95.0.0/16', route('10.95.0.0/16'));
    routes.set('10.96.0.0/16', route('10.96.0.0/16', '192.0.2.9'));
    await keeper.read(table);
    expect(nft.texts).toEqual([]);
    await keeper.open(table);
    expect(present()).toEqual([route('10.96.0.0/16')]);
    expect(nft.texts).toEqual([expect.stringContaining('elements = { 10.96.0.0/16 }')]);
    // Once more, as each comparison does: the guard is written, since nobody has looked at it.
    await keeper.read(table);
    await keeper.open(table);
    expect(nft.texts).toHaveLength(2);
    expect(changes()).toBe(1);
  });

  it('goes by what is wanted when it is opened', async () => {
    const { keeper, table, want } = world;
    want('10.96.0.0/16');
    await keeper.read(table);
    want('10.97.0.0/16');
    await keeper.open(table);
    expect(present()).toEqual([route('10.97.0.0/16')]);
  });

  it('follows changes, and does nothing where they do not matter', async () => {
    const { keeper, table, clusterIP, nft, given, changes } = world;
    await keeper.read(table);
    const unit = (change: ReturnType<typeof clusterIP>) => [{ family: 'ipv4' as const, ...change }];
    await keeper.follow(unit(clusterIP('10.98.0.1')));
    expect(present()).toEqual([]);
    await keeper.open(table);
    await keeper.follow(unit(clusterIP('10.98.0.2')));
    expect(present()).toEqual([route('10.98.0.2/32')]);
    const [texts, before] = [nft.texts.length, changes()];
    await keeper.follow([]);
    expect([nft.texts.length, changes()]).toEqual([texts, before]);
    // The source is another one now: the guard is not.
    given.source = '192.0.2.2';
    await keeper.follow([]);
    expect(present()).toEqual([route('10.98.0.2/32', '192.0.2.2')]);
    expect(nft.texts).toHaveLength(texts);
    await keeper.follow([]);
    expect(changes()).toBe(before + 1);
    // And the address of a ClusterIP is one of the node's.
    given.own = ['10.98.0.2'];
    await keeper.follow([]);
    expect(present()).toEqual([]);
  });

  it('sees what others have changed, once it has made the routes', async () => {
    const { keeper, table, want, routes } = world;
    want('10.96.0.0/16');
    await keeper.read(table);
    expect(await keeper.hasDrifted()).toBe(false);
    await keeper.open(table);
    expect(await keeper.hasDrifted()).toBe(false);
    for (const changed of [[], [route('10.96.0.0/16', '192.0.2.9')], [route('10.96.0.0/16'), route('10.9.0.0/16')]]) {
      routes.clear();
      for (const one of changed) routes.set(one.cidr, one);
      expect(await keeper.hasDrifted()).toBe(true);
    }
  });

  it('owns what is in a CIDR that is wanted, or was when it began; never an address of the node', async () => {
    const { keeper, table, want, routes, given } = world;
    routes.set('10.95.0.0/16', route('10.95.0.0/16'));
    want('10.96.0.0/16');
    await keeper.read(table);
    const owned = (): boolean[] =>
      ['10.95.0.1', '10.96.0.1', '10.97.0.1', '192.0.2.1'].map(address => keeper.owns(address));
    expect(owned()).toEqual([true, true, false, false]);
    given.own = ['10.96.0.1'];
    expect(owned()).toEqual([true, false, false, false]);
  });

  it('tries without a source where the kernel does not take it, and gives up where that fails, too', async () => {
    const { keeper, table, want, failing, log } = world;
    want('10.96.0.0/16');
    await keeper.read(table);
    failing.times = 1;
    await keeper.open(table);
    expect(present()).toEqual([route('10.96.0.0/16')]);
    expect(log.lines).toEqual(['info: routes to ClusterIPs changed']);
    want('10.97.0.0/16');
    failing.times = 2;
    await keeper.open(table);
    expect(present()).toEqual([{ cidr: '10.97.0.0/16', source: undefined }]);
    expect(log.records.at(-1)).toMatchObject({ level: 'warn', source: '192.0.2.1', err: 'no route' });
    want('10.98.0.0/16');
    failing.times = 3;
    await expect(keeper.open(table)).rejects.toThrow('no route');
  });

  it('has no guard where none is wanted: one of before goes', async () => {
    world = setUp({ arpGuard: false });
    world.want('10.96.0.0/16');
    await world.keeper.read(world.table);
    await world.keeper.open(world.table);
    expect(world.nft.texts).toEqual([NO_GUARD]);
  });

  it('has none in IPv6, and knows a route however it is spelt', async () => {
    world = setUp({ family: 'ipv6' });
    const { keeper, table, want, routes, nft, given, changes } = world;
    given.source = undefined;
    given.own = ['fd00:1::1'];
    want('fd00:96::/112');
    routes.set('fd00:96::/112', { cidr: 'FD00:96:0::/112', source: undefined });
    await keeper.read(table);
    await keeper.open(table);
    expect(nft.texts).toEqual([]);
    expect(changes()).toBe(0);
  });
});
