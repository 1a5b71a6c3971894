import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { NodeEntries } from '../../../src/backend/backend.ts';
import { NftablesBackend } from '../../../src/backend/nftables/apply.ts';
import { LiveNode } from '../../../src/cli/live-node.ts';
import { Nft } from '../../../src/kernel/nft.ts';
import { FAMILIES, type Family } from '../../../src/model/ip.ts';
import { Reconciler } from '../../../src/reconcile/reconciler.ts';
import { HealthState } from '../../../src/telemetry/health-state.ts';
import { FakeBackend } from '../../fakes/fake-backend.ts';
import { FakePrograms } from '../../fakes/fake-programs.ts';
import { node } from '../../support/builders.ts';
import { configuration } from '../../support/configuration.ts';
import { keptLog } from '../../support/log-lines.ts';

let folder: FakePrograms;
const closing: Nft[] = [];
beforeEach(() => void (folder = new FakePrograms()));
afterEach(() => {
  for (const nft of closing.splice(0)) nft.close();
  folder[Symbol.dispose]();
});

const IGNORING = {
  queued: () => undefined,
  began: () => undefined,
  problems: () => undefined,
  applied: () => undefined,
  failed: () => undefined,
};

/** A live node with a loop that never runs; `told` holds what the loop and the backend were told. */
function setUp(fields = 'clusterCIDR: 10.244.0.0/16') {
  const log = keptLog();
  const health = new HealthState({ healthTimeoutMs: 1000, now: () => 0 });
  let addresses: readonly string[] | Error = ['127.0.0.1', '192.168.100.1', 'FD00:100::1'];
  let subnets: readonly string[] | Error = [];
  const live = new LiveNode({
    configuration: configuration(fields),
    nodeName: 'node-a',
    families: FAMILIES,
    health,
    logger: log.logger,
    localAddresses: async () => {
      if (addresses instanceof Error) throw addresses;
      return addresses;
    },
    bridgeSubnets: async () => {
      if (subnets instanceof Error) throw subnets;
      return new Map(subnets.length ? [['ipv4', subnets]] : []);
    },
  });
  const kernel = new FakeBackend(FAMILIES);
  const times = { quietMs: 5, maxDelayMs: 50, minPeriodMs: 0, maxRetryMs: 1000, verifyMs: 1000 };
  const reconciler = new Reconciler({
    backend: kernel,
    plan: () => undefined,
    times,
    observer: IGNORING,
    logger: log.logger,
  });
  const nft = new Nft({ path: folder.file('nft'), runtimeDirectory: folder.path });
  closing.push(nft);
  const backend = new NftablesBackend({ nft, rulesets: live.rulesets, logger: log.logger });
  const touch = vi.spyOn(reconciler, 'touch');
  const entries = new Map<Family, NodeEntries>();
  vi.spyOn(reconciler, 'setNode').mockImplementation((family, its) => void entries.set(family, its));
  const configure = vi.spyOn(backend, 'configure');
  return {
    live,
    log,
    health,
    touch,
    configure,
    entries,
    reconciler,
    start: () => live.start(reconciler, backend, () => ['d/a', 'd/b']),
    setAddresses: (to: readonly string[] | Error) => void (addresses = to),
    setSubnets: (to: readonly string[] | Error) => void (subnets = to),
  };
}

describe('LiveNode and the Node object', () => {
  it('is eligible while the Node is there, and not about to go', () => {
    const { live, health } = setUp();
    const seen = [undefined, node(), node({ isBeingDeleted: true }), node(), undefined].map(one => {
      live.setNode(one);
      return health.healthz().status;
    });
    expect(seen).toEqual([503, 200, 503, 200, 503]);
  });

  it('keeps what it knew of a Node that is gone', () => {
    const { live } = setUp();
    live.setNode(node());
    live.setNode(undefined);
    expect(live.view).toEqual({
      name: 'node-a',
      zone: 'zone-a',
      addresses: { ipv4: '192.168.100.1', ipv6: 'fd00:100::1' },
    });
  });

  it('keeps addresses and pod CIDRs that the Node tells no more, but not its zone', () => {
    const { live, entries, start, log } = setUp('{detectLocalMode: NodeCIDR, nodePortAddresses: [primary]}');
    live.setNode(node());
    start();
    const before = new Map(entries);
    const rulesets = live.rulesets;
    entries.clear();
    live.setNode(node({ addresses: ['node-a.example'], podCIDRs: [], zone: 'zone-b' }));
    expect(live.view).toMatchObject({
      zone: 'zone-b',
      addresses: { ipv4: '192.168.100.1', ipv6: 'fd00:100::1' },
    });
    expect(live.rulesets).toEqual(rulesets);
    expect(entries).toEqual(before);
    expect(log.lines).toEqual([
      'error: the Node tells no address any more; the last ones stay in force',
      'info: the Node changed',
    ]);
  });

  it('follows a Node that loses the addresses of one family', () => {
    const { live } = setUp();
    live.setNode(node());
    live.setNode(node({ addresses: ['192.168.100.1'] }));
    expect(live.view.addresses).toEqual({ ipv4: '192.168.100.1', ipv6: undefined });
  });

  it('follows a configuration that changed, and plans nothing anew for it', () => {
    const { live, touch, configure, entries, reconciler, start, log } = setUp('nodePortAddresses: [192.168.100.1/32]');
    live.setNode(node());
    start();
    const works: (() => void)[] = [];
    vi.spyOn(reconciler, 'atNextRun').mockImplementation(work => void works.push(work));
    entries.clear();
    const next = '{nodePortAddresses: [0.0.0.0/0], nftables: {masqueradeAll: true}, clusterCIDR: 10.0.0.0/8}';
    live.setConfiguration(configuration(next));
    for (const work of works) work();
    expect(configure).toHaveBeenCalledExactlyOnceWith([
      expect.objectContaining({ family: 'ipv4', masqueradeAll: true, nodePorts: 'all', localSource: 'pod-cidrs' }),
      expect.objectContaining({ family: 'ipv6', masqueradeAll: true, nodePorts: 'all' }),
    ]);
    expect(entries.get('ipv4')?.podCIDRs).toEqual(['10.0.0.0/8']);
    expect(live.healthCheckAddresses('ipv4')).toEqual(['0.0.0.0']);
    expect(touch).not.toHaveBeenCalled();
    expect(log.lines).toEqual([]);
  });

  it('tells what is wrong with a configuration on this node, before it is in force', () => {
    const { live, configure, start } = setUp();
    live.setNode(node());
    start();
    const { fatal, warnings } = live.checkFamilies(configuration('clusterCIDR: fd00:10:244::/48'));
    expect([...fatal, ...warnings].map(({ field }) => field)).toContain('clusterCIDR');
    expect(configure).not.toHaveBeenCalled();
  });

  it('goes by the Node, and by the address that the configuration makes its own, in telling what is wrong', () => {
    const { live } = setUp();
    live.setNode(node({ podCIDRs: ['fd00:10:244::/64'] }));
    const fatal = (fields: string): readonly string[] =>
      live.checkFamilies(configuration(`{detectLocalMode: NodeCIDR, ${fields}}`)).fatal.map(({ field }) => field);
    expect(fatal('')).toEqual(['Node spec.podCIDRs']);
    expect(fatal('bindAddress: "fd00:100::7"')).toEqual([]);
  });

  it('knows the addresses of the node by family, first the one that the configuration makes its own', () => {
    const { live } = setUp('bindAddress: 192.168.100.7');
    expect(live.ownAddresses('ipv4')).toEqual(['192.168.100.7']);
    live.setNode(node({ addresses: ['192.168.100.1', 'FD00:100:0::1', 'node-a.example'] }));
    expect(live.ownAddresses('ipv4')).toEqual(['192.168.100.7', '192.168.100.1']);
    expect(live.ownAddresses('ipv6')).toEqual(['fd00:100::1']);
  });

  it('tells nobody before the loop is there', () => {
    const { live, entries } = setUp();
    expect(live.reconciler).toBeUndefined();
    live.setNode(node());
    live.setServiceCIDRs(['10.96.0.0/16']);
    expect(entries.size).toBe(0);
  });

  it('tells the loop all at its start', async () => {
    const { live, entries, start } = setUp();
    live.setNode(node());
    live.setServiceCIDRs(['10.96.0.0/16', 'fd00:10:96::/112']);
    await live.refreshAddresses();
    start();
    expect(Object.fromEntries(entries)).toEqual({
      ipv4: { podCIDRs: ['10.244.0.0/16'], serviceCIDRs: ['10.96.0.0/16'], nodePortAddresses: ['192.168.100.1'] },
      ipv6: { podCIDRs: [], serviceCIDRs: ['fd00:10:96::/112'], nodePortAddresses: ['fd00:100::1'] },
    });
    expect(live.reconciler).toBeDefined();
    live.setServiceCIDRs(['10.97.0.0/16']);
    expect([entries.get('ipv4')?.serviceCIDRs, entries.get('ipv6')?.serviceCIDRs]).toEqual([['10.97.0.0/16'], []]);
  });

  it('has every Service planned anew where the zone changes', () => {
    const { live, touch, configure, log, start } = setUp();
    live.setNode(node());
    start();
    live.setNode(node({ zone: 'zone-b' }));
    expect(touch).toHaveBeenCalledExactlyOnceWith(['d/a', 'd/b']);
    expect(configure).not.toHaveBeenCalled();
    expect(log.lines).toEqual(['info: the Node changed']);
  });

  it('has the chains rewritten where local pods are told in another way, and plans nothing', async () => {
    const { live, touch, configure, reconciler, start } = setUp('detectLocalMode: NodeCIDR');
    live.setNode(node({ podCIDRs: [] }));
    start();
    live.setNode(node());
    const stop = new AbortController();
    reconciler.start();
    const running = reconciler.run(stop.signal);
    await vi.waitFor(() => expect(configure).toHaveBeenCalledOnce(), { timeout: 4000 });
    expect(configure.mock.calls[0]?.[0]).toMatchObject([
      { family: 'ipv4', localSource: 'pod-cidrs' },
      { family: 'ipv6', localSource: 'pod-cidrs' },
    ]);
    expect(touch).not.toHaveBeenCalled();
    stop.abort();
    await running;
  });

  it('does nothing where nothing of it counts', () => {
    const { live, touch, configure, log, start } = setUp();
    live.setNode(node());
    start();
    live.setNode(node({ uid: 'another', podCIDRs: ['10.9.0.0/16'], isBeingDeleted: true }));
    live.setNode(undefined);
    expect(touch).not.toHaveBeenCalled();
    expect(configure).not.toHaveBeenCalled();
    expect(log.lines).toEqual([]);
  });

  it('remembers the families in which affinity is hashed', () => {
    const { live } = setUp();
    const told = (): readonly string[] => live.rulesets.map(({ family, affinity }) => `${family} ${affinity}`);
    live.hashAffinity(['ipv6']);
    expect(told()).toEqual(['ipv4 learnt', 'ipv6 hashed']);
    live.setNode(node());
    expect(told()).toEqual(['ipv4 learnt', 'ipv6 hashed']);
  });
});

describe('LiveNode and the addresses of this host', () => {
  it('are canonical', async () => {
    const { live } = setUp();
    expect(live.isLocal('192.168.100.1')).toBe(false);
    await live.refreshAddresses();
    expect(['192.168.100.1', 'fd00:100::1', '192.168.100.9'].map(one => live.isLocal(one))).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('are told where they change, and only then', async () => {
    const { live, entries, start, setAddresses } = setUp('nodePortAddresses: [192.168.0.0/16]');
    start();
    await live.refreshAddresses();
    expect(entries.get('ipv4')?.nodePortAddresses).toEqual(['192.168.100.1']);
    entries.clear();
    await live.refreshAddresses();
    expect(entries.size).toBe(0);
    setAddresses(['192.168.100.2']);
    await live.refreshAddresses();
    expect(entries.get('ipv4')?.nodePortAddresses).toEqual(['192.168.100.2']);
  });

  it('have the rules changed where those of bridges do, in mode ipvs', async () => {
    const { live, log, configure, start, setSubnets, reconciler } = setUp('mode: ipvs');
    vi.spyOn(reconciler, 'atNextRun').mockImplementation(work => work());
    start();
    const told = (): unknown => configure.mock.calls.map(([rulesets]) => rulesets[0]?.bridgeSubnets);
    await live.refreshAddresses();
    expect(told()).toEqual([]);
    setSubnets(['10.244.1.0/24']);
    await live.refreshAddresses();
    await live.refreshAddresses();
    setSubnets([]);
    await live.refreshAddresses();
    expect(told()).toEqual([['10.244.1.0/24'], []]);
    expect(log.records.map(({ subnets }) => subnets)).toEqual([['10.244.1.0/24'], []]);
  });

  it('have the rules changed when mode ipvs of before is done with its connections', () => {
    const { live, configure, start, reconciler } = setUp();
    vi.spyOn(reconciler, 'atNextRun').mockImplementation(work => work());
    live.setNode(node());
    live.setLocalClusterIPs(true);
    expect(live.rulesets.map(({ localClusterIPs }) => localClusterIPs)).toEqual([true, true]);
    start();
    // What else changes meanwhile makes no difference to that.
    live.setNode(node({ zone: 'zone-b' }));
    expect(configure).not.toHaveBeenCalled();
    live.setLocalClusterIPs(false);
    live.setLocalClusterIPs(false);
    expect(configure.mock.calls.map(([rulesets]) => rulesets.map(one => 'localClusterIPs' in one))).toEqual([
      [false, false],
    ]);
  });

  it('stay as they were where they cannot be read', async () => {
    const { live, log, setAddresses, setSubnets } = setUp('mode: ipvs');
    setSubnets(['10.244.1.0/24']);
    await live.refreshAddresses();
    setAddresses(new Error('no ip here'));
    setSubnets(new Error('no bridges'));
    await live.refreshAddresses();
    expect(live.isLocal('192.168.100.1')).toBe(true);
    expect(live.rulesets[0]?.bridgeSubnets).toEqual(['10.244.1.0/24']);
    expect(
      log.records
        .slice(1)
        .map(({ level, err }) => `${String(level)} ${String(err)}`)
        .toSorted(),
    ).toEqual(['error no bridges', 'error no ip here']);
  });

  it.each([
    { fields: 'nodePortAddresses: [0.0.0.0/0]', ipv4: ['0.0.0.0'], ipv6: ['::'] },
    { fields: 'nodePortAddresses: [192.168.0.0/16]', ipv4: ['192.168.100.1'], ipv6: ['::'] },
    { fields: '', ipv4: ['192.168.100.1'], ipv6: ['fd00:100::1'] },
  ])('health checks are where NodePorts are: $fields', async ({ fields, ipv4, ipv6 }) => {
    const { live } = setUp(fields);
    live.setNode(node());
    await live.refreshAddresses();
    expect([live.healthCheckAddresses('ipv4'), live.healthCheckAddresses('ipv6')]).toEqual([ipv4, ipv6]);
  });
});
