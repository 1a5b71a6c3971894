import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { NodeEntries } from '../../../../src/backend/backend.ts';
import type { IpvsBackend } from '../../../../src/backend/ipvs/apply.ts';
import { compileIpvsService } from '../../../../src/backend/ipvs/compile.ts';
import { readIpvs, type IpvsReadingOptions } from '../../../../src/backend/ipvs/kernel-difference.ts';
import { DesiredTable } from '../../../../src/backend/nftables/desired-table.ts';
import { kernelDifferences } from '../../../../src/backend/nftables/kernel-difference.ts';
import { textOf } from '../../../../src/cli/format-difference.ts';
import { FakeIpvsMachine, IPVS_RULESET } from '../../../fakes/fake-ipvs-machine.ts';
import { range, servicePlan, type PlanOptions } from '../../../support/plans.ts';

/** What the kernel tells of connections: all of them go on. */
vi.mock('../../../../src/kernel/ipvs.ts', () => ({ readVirtualServers: () => Promise.resolve('') }));

const NODE: NodeEntries = {
  podCIDRs: ['10.244.0.0/16'],
  serviceCIDRs: ['10.96.0.0/16'],
  nodePortAddresses: ['192.0.2.1'],
};

const SETTINGS = {
  scheduler: 'rr',
  schedulerFlags: undefined,
  nodeName: 'node-a',
  missingSchedulers: new Set<string>(),
};

describe('what differs in mode ipvs', () => {
  let machine: FakeIpvsMachine;
  let backend: IpvsBackend;
  let table: DesiredTable;
  beforeEach(async () => {
    machine = new FakeIpvsMachine();
    // Somebody else's, at an address that is none of ours.
    await machine.disturb('-A -t 192.0.2.77:80 -s rr');
  });
  afterEach(() => vi.useRealTimers());

  const stage = (owner: string, options: PlanOptions | undefined): void => {
    const plan = options && servicePlan(owner, options);
    backend.stage('ipv4', owner, plan);
    table.setService(owner, plan);
  };
  async function start(drainTimeoutMs = 0): Promise<void> {
    backend = machine.backend({ drainTimeoutMs });
    table = new DesiredTable(IPVS_RULESET, plan => compileIpvsService(plan, SETTINGS));
    backend.stageNode('ipv4', NODE);
    table.setNode(NODE);
    stage('d/web', {});
    stage('d/dns', { protocol: 'UDP', clusterIP: '10.96.0.2' });
    expect(await backend.commit()).toMatchObject({ refused: [] });
  }
  async function text(more: Partial<IpvsReadingOptions> = {}): Promise<string> {
    const tables = new Map([['ipv4', table] as const]);
    const ipvs = await readIpvs(tables, {
      // The guard has a test of its own.
      nft: { listTable: () => Promise.resolve(undefined) },
      arpGuard: false,
      ipvsadm: machine.ipvsadm,
      routes: machine.localRoutes,
      excludeCIDRs: [],
      manageForeign: false,
      drainTimeoutMs: 0,
      sourceOf: () => machine.source,
      ownAddresses: () => machine.ownAddresses,
      ...more,
    });
    const differences = await kernelDifferences(tables, {
      nft: machine.nft,
      logger: pino({ level: 'silent' }),
      beside: ipvs.servers,
    });
    return [...textOf([...differences, ...ipvs.waysIn])].join('');
  }

  it('is nothing, where an agent has written all', async () => {
    await start();
    expect(await text()).toBe('');
  });

  it.each([
    {
      name: 'a real server is gone',
      lines: ['-d -t 10.96.0.1:80 -r 10.244.1.2:8080'],
      told: `# Service d/web
+ ipvsadm -a -t 10.96.0.1:80 -r 10.244.1.2:8080 -m -w 1
`,
    },
    {
      name: 'a real server more, another weight, another scheduler',
      lines: [
        '-a -u 10.96.0.2:80 -r 10.244.9.9:53 -m -w 0',
        '-e -t 10.96.0.1:80 -r 10.244.1.2:8080 -m -w 0',
        '-E -t 10.96.0.1:80 -s sh',
      ],
      told: `# Service d/dns
- ipvsadm -a -u 10.96.0.2:80 -r 10.244.9.9:53 -m -w 0
# Service d/web
- ipvsadm -A -t 10.96.0.1:80 -s sh
+ ipvsadm -A -t 10.96.0.1:80 -s rr
- ipvsadm -a -t 10.96.0.1:80 -r 10.244.1.2:8080 -m -w 0
+ ipvsadm -a -t 10.96.0.1:80 -r 10.244.1.2:8080 -m -w 1
`,
    },
    {
      name: 'a virtual server is gone',
      lines: ['-D -u 10.96.0.2:80'],
      told: `# Service d/dns
+ ipvsadm -A -u 10.96.0.2:80 -s rr
+ ipvsadm -a -u 10.96.0.2:80 -r 10.244.1.2:8080 -m -w 1
+ ipvsadm -a -u 10.96.0.2:80 -r 10.244.2.3:8080 -m -w 1
`,
    },
    {
      name: 'a virtual server more, at an address of ours',
      lines: ['-A -t 10.96.9.9:80 -s rr', '-a -t 10.96.9.9:80 -r 10.244.9.9:80 -m -w 1'],
      told: `# of no Service
- ipvsadm -A -t 10.96.9.9:80 -s rr
- ipvsadm -a -t 10.96.9.9:80 -r 10.244.9.9:80 -m -w 1
`,
    },
  ])('is what others have changed: $name', async ({ lines, told }) => {
    await start();
    for (const line of lines) await machine.disturb(line);
    expect(await text({ drainTimeoutMs: 60_000 })).toBe(told);
  });

  it('leaves alone what others have, unless all is to be managed', async () => {
    await start();
    await machine.disturb('-A -t 10.96.9.9:80 -s rr');
    expect(await text({ excludeCIDRs: [range('10.96.9.0/24')] })).toBe('');
    expect(await text({ manageForeign: true })).toBe(`# of no Service
- ipvsadm -A -t 10.96.9.9:80 -s rr
- ipvsadm -A -t 192.0.2.77:80 -s rr
`);
  });

  it('has what is where routes of ours lead to, also to what is no service CIDR any more; but not what is at an address of the node', async () => {
    await start();
    machine.routes.set('10.99.0.0/16', { cidr: '10.99.0.0/16', source: '192.0.2.1' });
    await machine.disturb('-A -t 10.99.0.5:80 -s rr');
    expect(await text()).toContain('# of no Service\n- ipvsadm -A -t 10.99.0.5:80 -s rr\n');
    await machine.disturb('-A -t 10.96.3.3:80 -s rr');
    expect(await text()).toContain('10.96.3.3');
    expect(await text({ ownAddresses: () => ['192.0.2.1', '10.96.3.3'] })).not.toContain('10.96.3.3:80');
  });

  it('is not what drains, where servers may', async () => {
    await start(60_000);
    stage('d/web', { endpoints: ['10.244.2.3:8080'] });
    stage('d/dns', undefined);
    await backend.commit();
    expect(await machine.servers()).toContain('-a -t 10.96.0.1:80 -r 10.244.1.2:8080 -m -w 0');
    expect(await text({ drainTimeoutMs: 60_000 })).toBe('');
    stage('d/web', undefined);
    await backend.commit();
    expect(await machine.servers()).toContain('-A -t 10.96.0.1:80 -s rr');
    expect(await text({ drainTimeoutMs: 60_000 })).toBe('');
    expect(await text()).toContain('# of no Service\n- ipvsadm -A -t 10.96.0.1:80 -s rr\n- ipvsadm -a ');
    await machine.disturb('-e -t 10.96.0.1:80 -r 10.244.1.2:8080 -m -w 1');
    expect(await text({ drainTimeoutMs: 60_000 })).toBe(
      '# of no Service\n- ipvsadm -A -t 10.96.0.1:80 -s rr\n- ipvsadm -a -t 10.96.0.1:80 -r 10.244.1.2:8080 -m -w 1\n',
    );
  });

  it('are routes: one that is gone, one with another source, one of a CIDR that is none any more', async () => {
    await start();
    machine.routes.clear();
    const route = 'ip route add local 10.96.0.0/16 dev lo table local proto 107 metric 10700';
    expect(await text()).toBe(`# routes to ClusterIPs\n+ ${route} src 192.0.2.1\n`);
    machine.routes.set('10.96.0.0/16', { cidr: '10.96.0.0/16', source: undefined });
    machine.routes.set('10.99.0.9', { cidr: '10.99.0.9/32', source: '192.0.2.1' });
    expect(await text()).toBe(`# routes to ClusterIPs
- ${route}
+ ${route} src 192.0.2.1
- ${route.replace('10.96.0.0/16', '10.99.0.9/32')} src 192.0.2.1
`);
  });

  it('is all of it on a machine without IPVS, and ipvsadm, which would have it loaded, is not asked', async () => {
    await start();
    const save = vi.spyOn(machine.ipvsadm, 'save');
    expect(await text({ readServers: () => Promise.resolve(undefined) })).toContain(
      '+ ipvsadm -A -t 10.96.0.1:80 -s rr\n',
    );
    expect(save).not.toHaveBeenCalled();
  });
});
