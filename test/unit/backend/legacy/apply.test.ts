import { pino } from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';
import { logLeftovers, removeLeftovers, type KeepsVirtualServer } from '../../../../src/backend/legacy/apply.ts';
import type { LeftoverReport } from '../../../../src/backend/legacy/leftover-report.ts';
import { commandError, FakeMachine } from './fake-machine.ts';
import { recordedRules } from './recorded-rules.ts';
import { contentOf, tablesOf } from './restore-rules.ts';

const NOTHING = { rules: 0, chains: 0, sets: 0, virtualServers: 0, interfaces: 0 };
const iptablesMode = recordedRules('iptables-mode');
const ipvsMode = recordedRules('ipvs-mode');
const others = ['TCP 203.0.113.80:80', 'TCP 192.168.0.2:8080', 'UDP 192.168.0.2:30080'];

let machine: FakeMachine;
beforeEach(() => {
  machine = new FakeMachine();
});

const run = (keeps?: KeepsVirtualServer): Promise<LeftoverReport> => removeLeftovers(['ipv4'], machine.tools, keeps);
const failures = ({ failures }: LeftoverReport): string[] =>
  failures.map(({ what, error }) => `${what}: ${error instanceof Error ? error.message : String(error)}`);
const contentIn = (variant: string) => tablesOf(machine.rules.get(variant)!).map(contentOf);

/** What kube-proxy's mode ipvs leaves, with virtual servers of others. */
function leaveIpvsMode(): void {
  machine.rules.set('ipv4-nft', ipvsMode.all);
  machine.sets = new Map([
    ['KUBE-CLUSTER-IP', ['10.96.0.1,tcp:443', '10.96.0.10,udp:53']],
    ['KUBE-NODE-PORT-TCP', ['30080']],
    ['KUBE-EXTERNAL-IP', ['192.168.0.2,tcp:9443']],
    ['KUBE-LOOP-BACK', []],
    ['KUBE-6-CLUSTER-IP', []],
    ['cali40all-vxlan-net', ['192.168.0.3']],
  ]);
  machine.links.set('eth0', ['192.168.0.2']);
  machine.links.set('kube-ipvs0', ['10.96.0.1', '10.96.0.10']);
  machine.servers = new Set([
    'TCP 10.96.0.1:443',
    'UDP 10.96.0.10:53',
    'TCP 192.168.0.2:30080',
    'TCP 192.168.0.2:9443',
    ...others,
  ]);
}

describe('nothing left', () => {
  it('does nothing, and misses no program but tells of it', async () => {
    machine.rules.clear();
    machine.sets = undefined;
    const report = await run();
    expect(report).toMatchObject({ removed: NOTHING, failures: [], missingTools: ['ipset', 'iptables-save'] });
    expect(report.hasRemoved).toBe(false);
    expect(machine.done).toEqual([]);
  });

  it('leaves the virtual servers of others, and needs no ipvsadm for it', async () => {
    machine.links.set('eth0', ['192.168.0.2']);
    machine.servers = new Set(others);
    expect(await run()).toMatchObject({ removed: NOTHING, failures: [] });
    expect(machine.done).toEqual([]);
  });
});

describe('virtual servers that ours has taken over', () => {
  it('stay, while all else of kube-proxy goes', async () => {
    leaveIpvsMode();
    const report = await run(({ address, port, protocol }) => `${protocol} ${address}:${port}` === 'tcp 10.96.0.1:443');
    expect(report.removed).toMatchObject({ virtualServers: 3, interfaces: 1 });
    expect(report.failures).toEqual([]);
    expect([...(machine.servers ?? [])].toSorted()).toEqual(['TCP 10.96.0.1:443', ...others].toSorted());
  });
});

describe('mode iptables', () => {
  it.each(['-nft', '-legacy'])('removes its rules in one step for each table: iptables%s', async variant => {
    machine.rules.set(`ipv4${variant}`, iptablesMode.all);
    const report = await run();
    expect(report).toMatchObject({ removed: { ...NOTHING, rules: 12, chains: 21 }, failures: [] });
    expect(contentIn(`ipv4${variant}`)).toEqual(tablesOf(iptablesMode.others).map(contentOf));
    expect(machine.done).toEqual(['mangle', 'filter', 'nat'].map(table => `restore ipv4${variant} ${table}`));
  });

  it('uses the programs without a variant where there are no others', async () => {
    machine.rules.clear();
    machine.rules.set('ipv4', iptablesMode.all);
    expect(await run()).toMatchObject({ removed: { chains: 21 }, failures: [], missingTools: [] });
  });

  it('leaves them alone where there are others', async () => {
    machine.rules.set('ipv4', iptablesMode.all);
    expect(await run()).toMatchObject({ removed: NOTHING, failures: [] });
  });

  it('reads again what changes between reading and writing', async () => {
    machine.rules.set('ipv4-nft', iptablesMode.all);
    const jump = '-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES\n';
    machine.onStep = step => {
      if (step !== 'restore ipv4-nft nat') return;
      const saved = machine.rules.get('ipv4-nft')!;
      machine.rules.set('ipv4-nft', saved.replace(jump, ''));
    };
    expect(await run()).toMatchObject({ removed: { rules: 11, chains: 21 }, failures: [] });
    expect(contentIn('ipv4-nft')).toEqual(tablesOf(iptablesMode.others).map(contentOf));
  });

  it('goes on with the other tables where one cannot be changed', async () => {
    machine.rules.set('ipv4-nft', iptablesMode.all);
    let tries = 0;
    machine.onStep = step => {
      if (step !== 'restore ipv4-nft filter') return;
      tries += 1;
      throw commandError();
    };
    const report = await run();
    expect(failures(report)).toEqual(['rules of ipv4 in table filter (iptables-nft): program: it failed']);
    expect(report.removed.chains).toBe(15);
    expect(tries).toBe(3);
  });

  it('goes on with the other variant where one cannot be read', async () => {
    machine.rules.set('ipv4-legacy', iptablesMode.all);
    machine.onStep = step => {
      if (step === 'save ipv4-nft') throw commandError();
    };
    const report = await run();
    expect(failures(report)).toEqual(['rules of ipv4 (iptables-nft): program: it failed']);
    expect(report.removed.chains).toBe(21);
  });

  it('does not write by what it could read in part only', async () => {
    machine.rules.set('ipv4-nft', iptablesMode.all.slice(0, -'COMMIT\n'.length));
    const report = await run();
    expect(failures(report)).toEqual(['rules of ipv4 (iptables-nft): the saved rules end within table nat']);
    expect(machine.done).toEqual([]);
  });
});

describe('mode ipvs', () => {
  beforeEach(leaveIpvsMode);

  it('removes virtual servers, rules, sets and the interface, in this order, and nothing of others', async () => {
    const report = await run();
    expect(report.failures).toEqual([]);
    expect(report.removed).toEqual({ rules: 9, chains: 12, sets: 5, virtualServers: 4, interfaces: 1 });
    expect(machine.done).toEqual([
      'ipvsadm',
      'restore ipv4-nft filter',
      'restore ipv4-nft nat',
      'destroy KUBE-CLUSTER-IP',
      'destroy KUBE-NODE-PORT-TCP',
      'destroy KUBE-EXTERNAL-IP',
      'destroy KUBE-LOOP-BACK',
      'destroy KUBE-6-CLUSTER-IP',
      'delete kube-ipvs0',
    ]);
    expect(machine.servers).toEqual(new Set(others));
    expect([...machine.sets!.keys()]).toEqual(['cali40all-vxlan-net']);
    expect([...machine.links.keys()]).toEqual(['lo', 'eth0']);
    expect(contentIn('ipv4-nft')).toEqual(tablesOf(ipvsMode.others).map(contentOf));
  });

  it('finds nothing the second time', async () => {
    await run();
    machine.done.length = 0;
    expect(await run()).toMatchObject({ removed: NOTHING, failures: [] });
    expect(machine.done).toEqual([]);
  });

  it('removes the rest without ipvsadm, names what is left, and knows it again by the sets when there is one', async () => {
    machine.onStep = step => {
      if (step === 'ipvsadm') throw commandError({ isMissing: true });
    };
    const report = await run();
    expect(failures(report)).toEqual([
      'virtual servers: 4 virtual servers of kube-proxy are left: there is no ipvsadm on this machine: ' +
        '10.96.0.1:443/tcp, 10.96.0.10:53/udp, 192.168.0.2:30080/tcp, 192.168.0.2:9443/tcp',
    ]);
    expect(report.removed).toEqual({ ...NOTHING, rules: 9, chains: 12, interfaces: 1 });

    machine.onStep = () => undefined;
    expect(await run()).toMatchObject({ removed: { ...NOTHING, sets: 5, virtualServers: 4 }, failures: [] });
    expect(machine.servers).toEqual(new Set(others));
  });

  it('counts as removed only what the kernel does not list any more', async () => {
    machine.onStep = step => {
      if (step !== 'ipvsadm') return;
      machine.servers!.delete('TCP 10.96.0.1:443');
      throw commandError({ stderr: 'Memory allocation problem' });
    };
    const report = await run();
    expect(report.removed.virtualServers).toBe(1);
    expect(failures(report)[0]).toMatch(
      /^virtual servers: 3 virtual servers .*Memory allocation problem: 10\.96\.0\.10/,
    );
  });

  it('takes no complaint for a failure where they are gone all the same', async () => {
    machine.onStep = step => {
      if (step !== 'ipvsadm') return;
      machine.servers = new Set(others);
      throw commandError({ stderr: 'No such service' });
    };
    expect(await run()).toMatchObject({ removed: { virtualServers: 4, sets: 5 }, failures: [] });
  });

  it('knows them by the interface where there is no ipset, and leaves those that it cannot know', async () => {
    machine.sets = undefined;
    expect(await run()).toMatchObject({ removed: { virtualServers: 2, sets: 0, interfaces: 1 }, failures: [] });
    expect(machine.servers).toEqual(new Set(['TCP 192.168.0.2:30080', 'TCP 192.168.0.2:9443', ...others]));
  });

  it('reports each set that rules of others look into', async () => {
    machine.rules.set(
      'ipv4-legacy',
      '*raw\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -m set --match-set KUBE-CLUSTER-IP dst -j DROP\nCOMMIT\n',
    );
    const report = await run();
    expect(failures(report)).toEqual([expect.stringMatching(/^set KUBE-CLUSTER-IP: .*in use/)]);
    expect(report.removed).toMatchObject({ sets: 4, interfaces: 1 });
  });

  it.each(['list links', 'list sets'])('goes on where it cannot "%s"', async broken => {
    machine.onStep = step => {
      if (step === broken) throw commandError();
    };
    const report = await run();
    expect(report.failures).toHaveLength(1);
    expect(report.removed.chains).toBe(12);
    expect([...machine.servers!]).toEqual(expect.arrayContaining(others));
    // Some of kube-proxy's may have stayed: what tells of them stays, too.
    expect(machine.sets!.size).toBe(6);
  });
});

describe('logLeftovers', () => {
  const logged = async (failureLevel: 'warn' | 'error'): Promise<Record<string, unknown>[]> => {
    const lines: Record<string, unknown>[] = [];
    const stream = { write: (line: string): void => void lines.push(JSON.parse(line)) };
    logLeftovers(await run(), pino({ level: 'info' }, stream), failureLevel);
    return lines;
  };

  it('is silent where there was nothing', async () => {
    expect(await logged('warn')).toEqual([]);
  });

  it('tells how much went, what stays and why, and what failed', async () => {
    machine.rules.set(
      'ipv4-nft',
      `# Table \`raw' is incompatible, use 'nft' tool.
*nat
:OUTPUT ACCEPT [0:0]
:KUBE-MARK-MASQ - [0:0]
:KUBE-SVC-A - [0:0]
-A OUTPUT -j KUBE-MARK-MASQ
COMMIT
`,
    );
    machine.onStep = step => {
      if (step === 'save ipv4-legacy') throw commandError();
    };
    const [removed, held, unread, failure, ...more] = await logged('error');
    expect(removed).toMatchObject({ level: 30, ...NOTHING, chains: 1 });
    expect(held).toMatchObject({ level: 40, chains: ['ipv4 nat KUBE-MARK-MASQ'] });
    expect(unread).toMatchObject({ level: 40, tables: ['ipv4 raw'] });
    expect(failure).toMatchObject({ level: 50, err: { message: 'program: it failed' } });
    expect(failure!['msg']).toContain('rules of ipv4 (iptables-legacy)');
    expect(more).toEqual([]);
  });
});
