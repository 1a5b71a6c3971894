import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { IpvsBackend } from '../../../../src/backend/ipvs/apply.ts';
import type { NodeEntries } from '../../../../src/backend/backend.ts';
import { NftablesBackend } from '../../../../src/backend/nftables/apply.ts';
import type { ServicePlan } from '../../../../src/plan/types.ts';
import { TouchedParts } from '../../../../src/backend/nftables/touched-parts.ts';
import { commandsOfText } from '../../../fakes/fake-nft-commands.ts';
import { FakeIpvsMachine, IPVS_RULESET } from '../../../fakes/fake-ipvs-machine.ts';
import { commitOf } from '../../../property/foreign-commits.ts';
import { elementsOf } from '../../../property/kernel-content.ts';
import { range, servicePlan, type PlanOptions } from '../../../support/plans.ts';

/** What the kernel tells of connections. */
const kernel = vi.hoisted(() => ({ listing: undefined as string | undefined }));
vi.mock('../../../../src/kernel/ipvs.ts', () => ({ readVirtualServers: () => Promise.resolve(kernel.listing) }));

const NODE: NodeEntries = {
  podCIDRs: ['10.244.0.0/16'],
  serviceCIDRs: ['10.96.0.0/16'],
  nodePortAddresses: ['192.0.2.1'],
};

const { endpointsBy: _, ...RULESET } = IPVS_RULESET;

const WEB = [
  '-A -t 10.96.0.1:80 -s rr',
  '-a -t 10.96.0.1:80 -r 10.244.1.2:8080 -m -w 1',
  '-a -t 10.96.0.1:80 -r 10.244.2.3:8080 -m -w 1',
];

describe('IpvsBackend', () => {
  let machine: FakeIpvsMachine;
  let backend: IpvsBackend;
  beforeEach(() => {
    machine = new FakeIpvsMachine();
    backend = machine.backend();
  });
  afterEach(() => void (kernel.listing = undefined));

  const stage = (options: PlanOptions = {}, change: (plan: ServicePlan) => ServicePlan = plan => plan): void =>
    backend.stage('ipv4', 'd/web', change(servicePlan('d/web', options)));
  const asking =
    (scheduler: string) =>
    (plan: ServicePlan): ServicePlan => ({
      ...plan,
      ports: plan.ports.map(port => ({ ...port, servicePort: { ...port.servicePort, ipvs: { scheduler } } })),
    });

  it('makes virtual servers, elements that lead to them, and a route', async () => {
    backend.stageNode('ipv4', NODE);
    stage();
    const result = await backend.commit();
    expect(result).toMatchObject({ refused: [], verified: true });
    expect(await machine.servers()).toEqual(WEB);
    expect(machine.elements('services')).toEqual(['10.96.0.1']);
    expect([...machine.routes.values()]).toEqual([{ cidr: '10.96.0.0/16', source: '192.0.2.1' }]);
  });

  it('has no packets come in on a machine with nothing before the rules guard it', async () => {
    backend.stageNode('ipv4', NODE);
    stage();
    await backend.commit();
    expect(machine.did.slice(-3)).toEqual(['nft', 'arp', 'routes']);
    expect(new Set(machine.did.slice(0, -3))).toEqual(new Set(['nft without base chains']));
    expect(machine.nft.arp).toContain('elements = { 10.96.0.0/16 }');
  });

  it('turns clients of a Service without endpoints away from the first commit on', async () => {
    backend.stageNode('ipv4', NODE);
    stage({ endpoints: [], virtualServers: [{ forward: 'none', unavailable: 'reject' }] });
    expect(await backend.commit()).toMatchObject({ refused: [] });
    expect(machine.elements('unavailable')).toEqual(['10.96.0.1']);
    expect(new Set(machine.did.slice(0, -3))).toEqual(new Set(['nft without base chains']));
  });

  it('has routes in place before ClusterIPs are left to IPVS, where the rules of mode nftables serve them', async () => {
    const nftables = new NftablesBackend({
      nft: machine.nft,
      rulesets: [RULESET],
      logger: pino({ level: 'silent' }),
    });
    nftables.stageNode('ipv4', NODE);
    nftables.stage('ipv4', 'd/web', servicePlan('d/web'));
    await nftables.commit();
    machine.did.length = 0;
    backend.stageNode('ipv4', NODE);
    stage();
    await backend.commit();
    // The base chains, which guard; the routes; the elements.
    expect(machine.did).toEqual(['nft', 'arp', 'routes', 'nft']);
    expect(await machine.servers()).toEqual(WEB);
    expect(machine.elements('endpoints-tcp')).toEqual([]);
  });

  it("has routes in place before its rules come in the place of another proxy's, which serve until then", async () => {
    const { kernel: tables } = machine.nft;
    tables.apply(
      commandsOfText(
        [
          'add table ip kube-proxy',
          'add chain ip kube-proxy services',
          'add chain ip kube-proxy nat-prerouting { type nat hook prerouting priority -100; }',
          'add rule ip kube-proxy nat-prerouting jump services',
          '',
        ].join('\n'),
      ),
    );
    const theirs: boolean[] = [];
    tables.observers.add((_, after) => {
      const rules = after.get('ip kube-proxy')?.chains.get('nat-prerouting')?.rules ?? [];
      theirs.push(rules.includes('jump services'));
    });
    machine.did.length = 0;
    backend.stageNode('ipv4', NODE);
    stage();
    await backend.commit();
    const opened = machine.did.indexOf('routes');
    expect(machine.did.indexOf('nft')).toBeGreaterThan(opened);
    expect([...new Set(machine.did.slice(0, opened))]).toEqual(['nft without base chains', 'arp']);
    expect(theirs.indexOf(false)).toBe(machine.did.filter(what => what === 'nft without base chains').length);
  });

  it('changes no more than has changed', async () => {
    backend.stageNode('ipv4', NODE);
    stage();
    await backend.commit();
    stage({ endpoints: ['10.244.1.2:8080*', '10.244.2.4:8080'] });
    machine.did.length = 0;
    expect(await backend.commit()).toMatchObject({ transactions: 0, added: 1, deleted: 1, verified: false });
    expect(machine.did).toEqual([]);
    expect(await machine.servers()).toEqual([WEB[0], WEB[1], '-a -t 10.96.0.1:80 -r 10.244.2.4:8080 -m -w 1']);
    backend.stage('ipv4', 'd/web', undefined);
    await backend.commit();
    expect(await machine.servers()).toEqual([]);
    expect(machine.elements('services')).toEqual([]);
    expect((await backend.resync()).drifted.size).toBe(0);
  });

  it('rewrites nothing at a restart that is right, and takes over what an old one left', async () => {
    backend.stageNode('ipv4', NODE);
    stage();
    await backend.commit();
    await machine.ipvsadm.execute([
      '-A -t 10.96.0.9:80 -s wlc',
      '-a -t 10.96.0.9:80 -r 10.244.9.9:80 -m -w 1',
      '-E -t 10.96.0.1:80 -s lc',
      '-A -t 192.0.2.1:30080 -s rr',
    ]);
    backend = machine.backend();
    backend.stageNode('ipv4', NODE);
    stage();
    expect(await backend.commit()).toMatchObject({ added: 1, deleted: 3 });
    // At an address that is none of a Service, it is somebody else's.
    expect(await machine.servers()).toEqual([...WEB, '-A -t 192.0.2.1:30080 -s rr']);
  });

  it('repairs what others changed, and counts it', async () => {
    backend.stageNode('ipv4', NODE);
    stage();
    await backend.commit();
    await machine.ipvsadm.execute(['-D -t 10.96.0.1:80']);
    const { drifted } = await backend.resync();
    expect(drifted.get('ipv4')).toBe(3);
    expect(await machine.servers()).toEqual(WEB);
  });

  it('puts elements right that others changed, without reading any, and leaves IPVS alone', async () => {
    const touched = new TouchedParts();
    backend = machine.backend({ touched });
    backend.stageNode('ipv4', NODE);
    stage({ virtualServers: [{}, { address: '203.0.113.1', kind: 'ExternalIP' }] });
    await backend.commit();
    const { nft, ipvsadm } = machine;
    const before = elementsOf(nft.kernel.tables);
    for (const line of [
      'delete element ip kube-proxy services { 10.96.0.1 . tcp . 80 }',
      'delete element ip kube-proxy services { 203.0.113.1 . tcp . 80 }',
      'delete element ip kube-proxy unavailable { 10.96.0.1 . tcp . 80 }',
      'add element ip kube-proxy cluster-ips { 10.96.7.7 }',
    ]) {
      const tables = nft.kernel.tables;
      nft.kernel.apply(commandsOfText(`${line}\n`));
      touched.note(commitOf(tables, nft.kernel.tables, false));
    }
    const [lines, calls] = [ipvsadm.lines.length, nft.calls.length];
    expect(await backend.repair()).toMatchObject({ added: 3, deleted: 1, verified: false });
    expect(elementsOf(nft.kernel.tables)).toEqual(before);
    expect(nft.calls.slice(calls).map(({ what }) => what)).toEqual(['apply']);
    expect(ipvsadm.lines.slice(lines)).toEqual([]);
    expect(await backend.resync()).toMatchObject({ transactions: 0, drifted: new Map() });
  });

  it('notices what others changed, and only that', async () => {
    backend.stageNode('ipv4', NODE);
    stage();
    await backend.commit();
    expect(await backend.hasDrifted()).toBe(false);
    await machine.ipvsadm.execute(['-A -t 192.0.2.1:30080 -s rr']);
    expect(await backend.hasDrifted()).toBe(false);
    for (const line of [
      '-e -t 10.96.0.1:80 -r 10.244.2.3:8080 -m -w 0',
      '-d -t 10.96.0.1:80 -r 10.244.2.3:8080',
      '-E -t 10.96.0.1:80 -s sh',
      '-A -t 10.96.0.7:80 -s rr',
      '-D -t 10.96.0.1:80',
    ]) {
      await machine.ipvsadm.execute([line]);
      expect(await backend.hasDrifted(), line).toBe(true);
      await backend.resync();
      expect(await backend.hasDrifted(), line).toBe(false);
    }
    machine.routes.clear();
    expect(await backend.hasDrifted()).toBe(true);
    await backend.resync();
    expect([...machine.routes.keys()]).toEqual(['10.96.0.0/16']);
  });

  it('leaves excluded virtual servers alone, and deletes those of others only if told to', async () => {
    await machine.ipvsadm.execute([
      '-A -t 10.96.7.1:80 -s rr',
      '-A -t 10.96.8.1:80 -s rr',
      '-A -t 192.0.2.1:30080 -s rr',
      // Of a family that is not served here.
      '-A -t [fd00:96::1]:80 -s rr',
    ]);
    const others = ['-A -t 192.0.2.1:30080 -s rr', '-A -t [fd00:96::1]:80 -s rr'];
    backend = machine.backend({ excludeCIDRs: [range('10.96.7.0/24')] });
    backend.stageNode('ipv4', NODE);
    await backend.commit();
    expect(await machine.servers()).toEqual(['-A -t 10.96.7.1:80 -s rr', ...others]);
    backend = machine.backend({ excludeCIDRs: [range('10.96.7.0/24')], manageForeign: true });
    backend.stageNode('ipv4', NODE);
    await backend.commit();
    expect(await machine.servers()).toEqual(['-A -t 10.96.7.1:80 -s rr', ...others.slice(1)]);
  });

  it('has a route for each ClusterIP that is in no service CIDR', async () => {
    backend.stageNode('ipv4', { ...NODE, serviceCIDRs: [] });
    stage();
    await backend.commit();
    expect([...machine.routes.keys()]).toEqual(['10.96.0.1/32']);
    stage({ clusterIP: '10.96.0.2' });
    await backend.commit();
    expect([...machine.routes.keys()]).toEqual(['10.96.0.2/32']);
    expect((await machine.servers())[0]).toBe('-A -t 10.96.0.2:80 -s rr');
    backend.stageNode('ipv4', NODE);
    await backend.commit();
    expect([...machine.routes.keys()]).toEqual(['10.96.0.0/16']);
    machine.source = undefined;
    expect(await backend.hasDrifted()).toBe(true);
    await backend.resync();
    expect([...machine.routes.values()]).toEqual([{ cidr: '10.96.0.0/16', source: undefined }]);
  });

  it('has no route to an address of the node, nor to a network that it is in', async () => {
    machine.ownAddresses = ['192.0.2.1', '10.96.0.1'];
    backend.stageNode('ipv4', { ...NODE, serviceCIDRs: ['10.96.0.0/16', '10.97.0.0/16'] });
    stage();
    backend.stage('ipv4', 'd/other', servicePlan('d/other', { clusterIP: '10.96.0.2' }));
    backend.stage('ipv4', 'd/third', servicePlan('d/third', { clusterIP: '10.97.0.2' }));
    await backend.commit();
    expect([...machine.routes.keys()]).toEqual(['10.97.0.0/16', '10.96.0.2/32']);
    expect(machine.nft.arp).toContain('elements = { 10.97.0.0/16, 10.96.0.2/32 }');
    expect(await backend.hasDrifted()).toBe(false);
    // What others have at the node's address is theirs, wherever that is.
    await machine.ipvsadm.execute(['-A -t 10.96.0.1:30080 -s rr', '-A -t 10.96.0.3:80 -s rr']);
    await backend.resync();
    expect((await machine.servers()).filter(line => / 10\.96\.0\.(1:30080|3)/.test(line))).toEqual([
      '-A -t 10.96.0.1:30080 -s rr',
    ]);
    machine.ownAddresses = ['192.0.2.1'];
    await backend.resync();
    expect([...machine.routes.keys()].toSorted()).toEqual(['10.96.0.0/16', '10.97.0.0/16']);
  });

  it('has packets come in where the kernel does not take the source, and sets it as soon as it does', async () => {
    machine.invalidSources.add('192.0.2.1');
    backend.stageNode('ipv4', NODE);
    stage();
    expect(await backend.commit()).toMatchObject({ refused: [] });
    expect([...machine.routes.values()]).toEqual([{ cidr: '10.96.0.0/16', source: undefined }]);
    machine.invalidSources.clear();
    expect(await backend.hasDrifted()).toBe(true);
    await backend.resync();
    expect([...machine.routes.values()]).toEqual([{ cidr: '10.96.0.0/16', source: '192.0.2.1' }]);
    expect(await backend.hasDrifted()).toBe(false);
  });

  it('takes a route that has come meanwhile for what it is', async () => {
    machine.routes.set('10.96.0.0/16', { cidr: '10.96.0.0/16', source: '192.0.2.1' });
    let reads = 0;
    const { localRoutes } = machine;
    backend = machine.backend({
      localRoutes: {
        ...localRoutes,
        list: family => {
          reads += 1;
          return reads === 1 ? Promise.resolve([]) : localRoutes.list(family);
        },
      },
    });
    backend.stageNode('ipv4', NODE);
    expect(await backend.commit()).toMatchObject({ refused: [] });
    expect([...machine.routes.values()]).toEqual([{ cidr: '10.96.0.0/16', source: '192.0.2.1' }]);
  });

  it('sets a Service aside whose line fails, keeps what it had, and programs the others', async () => {
    backend.stageNode('ipv4', NODE);
    stage();
    await backend.commit();
    stage({ endpoints: ['224.0.0.1:8080'] });
    backend.stage('ipv4', 'd/other', servicePlan('d/other', { clusterIP: '10.96.0.2' }));
    const { refused } = await backend.commit();
    expect(refused.map(({ owner, error }) => `${owner}: ${error.message}`)).toEqual([
      'd/web: ipvsadm -a -t 10.96.0.1:80 -r 224.0.0.1:8080 -m -w 1: Invalid operation.  Possibly wrong module version, address not unicast, ...',
    ]);
    await backend.commit();
    expect(await machine.servers()).toEqual([...WEB, ...WEB.map(line => line.replace('10.96.0.1', '10.96.0.2'))]);
    // Nobody has changed anything, so nothing is to be compared anew.
    expect(await backend.hasDrifted()).toBe(false);
  });

  it('tells of the first line that fails, which is not that of a scheduler that lacks', async () => {
    vi.spyOn(machine.ipvsadm.ipvs, 'execute').mockReturnValue('Memory allocation problem');
    backend.stageNode('ipv4', NODE);
    stage({}, asking('mh'));
    const { refused } = await backend.commit();
    expect(refused.map(({ error }) => error.message)).toEqual([
      'ipvsadm -A -t 10.96.0.1:80 -s mh: Memory allocation problem',
    ]);
    expect(machine.missing).toEqual([]);
  });

  it('compares where something could not be deleted', async () => {
    backend.stageNode('ipv4', NODE);
    stage();
    await backend.commit();
    const { ipvs } = machine.ipvsadm;
    const execute = ipvs.execute.bind(ipvs);
    let failures = 1;
    vi.spyOn(ipvs, 'execute').mockImplementation(line => {
      const fails = line.startsWith('-d') && failures > 0;
      if (fails) failures -= 1;
      return fails ? 'Memory allocation problem' : execute(line);
    });
    stage({ endpoints: ['10.244.1.2:8080*'] });
    expect(await backend.commit()).toMatchObject({ verified: true, refused: [] });
    expect(await machine.servers()).toEqual(WEB.slice(0, 2));
  });

  it('gives the common scheduler to a Service whose own the kernel has not, at the next attempt', async () => {
    machine.missingSchedulers.add('fo');
    backend.stageNode('ipv4', NODE);
    stage({}, asking('fo'));
    const { refused } = await backend.commit();
    expect(refused.map(({ owner }) => owner)).toEqual(['d/web']);
    expect(machine.missing).toEqual(['d/web fo']);
    stage({}, asking('fo'));
    expect(await backend.commit()).toMatchObject({ refused: [] });
    expect(await machine.servers()).toEqual(WEB);
  });

  it('reads all and goes on after ipvsadm was killed half way', async () => {
    backend.stageNode('ipv4', NODE);
    stage();
    await backend.commit();
    machine.ipvsadm.killAfter = 1;
    stage({ endpoints: ['10.244.1.4:8080', '10.244.1.5:8080'] });
    const { refused, verified } = await backend.commit();
    expect({ refused, verified }).toEqual({ refused: [], verified: true });
    expect(machine.ipvsadm.killAfter).toBe(Infinity);
    expect(await machine.servers()).toEqual([
      WEB[0],
      '-a -t 10.96.0.1:80 -r 10.244.1.4:8080 -m -w 1',
      '-a -t 10.96.0.1:80 -r 10.244.1.5:8080 -m -w 1',
    ]);
  });

  it('keeps a real server that is gone for the time that it may have connections', async () => {
    backend = machine.backend({ drainTimeoutMs: 60_000 });
    backend.stageNode('ipv4', NODE);
    stage();
    await backend.commit();
    stage({ endpoints: ['10.244.1.2:8080*'] });
    await backend.commit();
    const draining = [WEB[0], WEB[1], '-a -t 10.96.0.1:80 -r 10.244.2.3:8080 -m -w 0'];
    expect(await machine.servers()).toEqual(draining);
    // A comparison leaves it alone.
    expect((await backend.resync()).drifted.size).toBe(0);
    expect(await machine.servers()).toEqual(draining);
    // It is not made anew when it comes back.
    stage();
    expect(await backend.commit()).toMatchObject({ refused: [] });
    expect(await machine.servers()).toEqual(WEB);
  });

  it('looks again at what drains until it has no connections, and not at what others have deleted', async () => {
    backend = machine.backend({ drainTimeoutMs: 60_000 });
    backend.stageNode('ipv4', NODE);
    stage();
    await backend.commit();
    stage({ endpoints: ['10.244.1.2:8080*'] });
    await backend.commit();
    kernel.listing = 'TCP  0A600001:0050 rr\n  -> 0AF40203:1F90      Masq    0      1          0\n';
    expect(await backend.tidy()).toBe(true);
    await machine.disturb('-d -t 10.96.0.1:80 -r 10.244.2.3:8080');
    await backend.resync();
    kernel.listing = undefined;
    machine.ipvsadm.lines.length = 0;
    expect(await backend.tidy()).toBe(false);
    expect(machine.ipvsadm.lines).toEqual([]);
  });

  it('keeps the last real servers of a Service as long, with their virtual server', async () => {
    backend = machine.backend({ drainTimeoutMs: 60_000 });
    backend.stageNode('ipv4', NODE);
    stage();
    await backend.commit();
    const drained = WEB.map(line => line.replace('-w 1', '-w 0'));
    const unavailable = { endpoints: [], virtualServers: [{ forward: 'none', unavailable: 'reject' }] } as const;
    stage(unavailable);
    expect(await backend.commit()).toMatchObject({ refused: [] });
    expect(await machine.servers()).toEqual(drained);
    expect(machine.elements('services')).toEqual([]);
    const target = { protocol: 'tcp', address: '10.96.0.1' } as const;
    expect([80, 81].map(port => backend.hasVirtualServer({ ...target, port }))).toEqual([true, false]);
    expect((await backend.resync()).drifted.size).toBe(0);
    expect(await backend.hasDrifted()).toBe(false);
    // One comes back: the other one goes on to drain.
    stage({ endpoints: ['10.244.1.2:8080*'] });
    machine.ipvsadm.lines.length = 0;
    await backend.commit();
    expect(await machine.servers()).toEqual([WEB[0], WEB[1], drained[2]]);
    expect(machine.ipvsadm.lines.filter(line => /^-[dD]/.test(line))).toEqual([]);
    // The Service goes, too; by the next process, which finds what drains, and when there is time.
    backend = machine.backend({ drainTimeoutMs: 60_000 });
    backend.stageNode('ipv4', NODE);
    await backend.commit();
    expect(await machine.servers()).toEqual(drained);
    expect(await backend.tidy()).toBe(false);
    expect(await machine.servers()).toEqual([]);
  });

  it('keeps no virtual server of UDP, nor any without a time-out', async () => {
    for (const [drainTimeoutMs, protocol] of [
      [60_000, 'UDP'],
      [0, 'TCP'],
    ] as const) {
      backend = machine.backend({ drainTimeoutMs });
      backend.stageNode('ipv4', NODE);
      stage({ protocol });
      await backend.commit();
      backend.stage('ipv4', 'd/web', undefined);
      await backend.commit();
      expect(await machine.servers()).toEqual([]);
    }
  });

  it('changes a weight in place, and gives one that drained back that which it is to have', async () => {
    backend = machine.backend({ drainTimeoutMs: 60_000 });
    backend.stageNode('ipv4', NODE);
    stage({ endpoints: ['10.244.1.2:8080*=5', '10.244.2.3:8080'] });
    await backend.commit();
    expect(await machine.servers()).toEqual([WEB[0], WEB[1]?.replace('-w 1', '-w 5'), WEB[2]]);
    machine.ipvsadm.lines.length = 0;
    stage({ endpoints: ['10.244.1.2:8080*=3', '10.244.2.3:8080'] });
    await backend.commit();
    stage({ endpoints: ['10.244.2.3:8080'] });
    await backend.commit();
    stage({ endpoints: ['10.244.1.2:8080*=4', '10.244.2.3:8080'] });
    await backend.commit();
    const line = (verb: string, weight: number): string =>
      `-${verb} -t 10.96.0.1:80 -r 10.244.1.2:8080 -m -w ${weight}`;
    // It is there already when it comes back, which the kernel says: it is changed in place, and never deleted.
    expect(machine.ipvsadm.lines).toEqual([line('e', 3), line('e', 0), line('a', 4), line('e', 4)]);
    expect((await backend.resync()).drifted.size).toBe(0);
  });

  it('puts a weight right that others have changed, and that a restart finds', async () => {
    const endpoints = ['10.244.1.2:8080*=5', '10.244.2.3:8080'];
    backend.stageNode('ipv4', NODE);
    stage({ endpoints });
    await backend.commit();
    const right = await machine.servers();
    await machine.ipvsadm.execute(['-e -t 10.96.0.1:80 -r 10.244.1.2:8080 -m -w 0']);
    expect(await backend.hasDrifted()).toBe(true);
    backend = machine.backend();
    backend.stageNode('ipv4', NODE);
    stage({ endpoints });
    machine.ipvsadm.lines.length = 0;
    await backend.commit();
    expect(machine.ipvsadm.lines).toEqual(['-e -t 10.96.0.1:80 -r 10.244.1.2:8080 -m -w 5']);
    expect(await machine.servers()).toEqual(right);
  });

  it('removes a real server without connections when there is time', async () => {
    backend = machine.backend({ drainTimeoutMs: 60_000 });
    backend.stageNode('ipv4', NODE);
    stage();
    await backend.commit();
    stage({ endpoints: ['10.244.1.2:8080*'] });
    await backend.commit();
    // This machine's own kernel has no connection of it.
    expect(await backend.tidy()).toBe(false);
    expect(await machine.servers()).toEqual(WEB.slice(0, 2));
  });

  it('tells of no conflict between virtual servers of IPVS', async () => {
    stage();
    backend.stage('ipv4', 'd/other', servicePlan('d/other', { seniority: '2027' }));
    expect(backend.conflicts('ipv4').map(({ claim }) => claim)).toEqual(['10.96.0.1 . tcp . 80']);
  });
});
