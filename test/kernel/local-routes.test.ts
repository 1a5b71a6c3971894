import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { changeLocalRoutes, listLocalRoutes } from '../../src/kernel/local-routes.ts';
import { ScratchFile } from '../../src/kernel/scratch-file.ts';
import { TestNamespace } from '../support/netns.ts';
import { mustSkip } from '../support/requirements.ts';
import { LegacyPrograms } from './legacy-programs.ts';

const NODE = { ipv4: '192.0.2.1', ipv6: '2001:db8::1' } as const;
const OTHER = { ipv4: '192.0.2.2', ipv6: '2001:db8::2' } as const;
const SERVICES = { ipv4: '10.96.0.0/16', ipv6: 'fd00:10:96::/112' } as const;
const whole = (family: 'ipv4' | 'ipv6', address: string): string => `${address}/${family === 'ipv4' ? 32 : 128}`;

describe.skipIf(mustSkip('routes to ClusterIPs', 'ip')).each(['ipv4', 'ipv6'] as const)('%s', family => {
  let node: TestNamespace;
  let programs: LegacyPrograms;
  let scratch: ScratchFile;
  const option = family === 'ipv4' ? '-4' : '-6';
  beforeEach(async () => {
    node = new TestNamespace();
    programs = new LegacyPrograms(node, ['ip']);
    scratch = new ScratchFile(node.directory);
    const run = (...args: string[]): string => programs.outside(() => node.run('ip', ...args));
    run('link', 'set', 'lo', 'up');
    run('link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth1');
    for (const link of ['eth0', 'eth1']) run('link', 'set', link, 'up');
    for (const address of [NODE.ipv4, OTHER.ipv4]) run('address', 'add', `${address}/24`, 'dev', 'eth0');
    for (const address of [NODE.ipv6, OTHER.ipv6]) run('address', 'add', `${address}/64`, 'dev', 'eth0', 'nodad');
    // The kernel makes those of IPv6 addresses when the link has a carrier.
    await vi.waitFor(() => expect(table().join()).toContain(OTHER[family]), { timeout: 10_000, interval: 50 });
  });
  afterEach(() => {
    scratch.close();
    programs.restore();
    node.remove();
  });
  const ip = (...args: string[]): string => programs.outside(() => node.run('ip', option, ...args));
  /** All routes of the table, but for what the kernel adds to some of its own a moment later. */
  const table = (): string[] =>
    ip('route', 'show', 'table', 'local')
      .split('\n')
      .map(line => line.trim())
      .filter(line => line && !/multicast|anycast|fe80::/.test(line));
  const change = (changes: Parameters<typeof changeLocalRoutes>[1]) => changeLocalRoutes(family, changes, scratch);

  it('come, get another source and go, and are told from others', async () => {
    const cidr = SERVICES[family];
    const before = table();
    await change({ adds: [{ cidr, source: NODE[family] }] });
    expect(await listLocalRoutes(family)).toEqual([{ cidr, source: NODE[family] }]);
    await change({ replaces: [{ cidr, source: OTHER[family] }] });
    expect(await listLocalRoutes(family)).toEqual([{ cidr, source: OTHER[family] }]);
    expect(ip('route', 'get', family === 'ipv4' ? '10.96.0.7' : 'fd00:10:96::7')).toContain(`src ${OTHER[family]}`);
    await change({ deletes: [{ cidr, source: undefined }] });
    expect(await listLocalRoutes(family)).toEqual([]);
    expect(table()).toEqual(before);
  });

  it('do not displace the route of the node to itself, and take none away with them', async () => {
    const own = whole(family, NODE[family]);
    const before = table();
    await change({ adds: [{ cidr: own, source: undefined }] });
    await change({ replaces: [{ cidr: own, source: OTHER[family] }] });
    expect(table()).toEqual(expect.arrayContaining(before));
    // The kernel's own goes first.
    expect(ip('route', 'get', NODE[family])).toContain(`src ${NODE[family]}`);
    await change({ deletes: [{ cidr: own, source: undefined }] });
    expect(table()).toEqual(before);
    await expect(change({ deletes: [{ cidr: own, source: undefined }] })).rejects.toThrow('No such process');
    expect(table()).toEqual(before);
  });

  it('leave those of other programs to the same addresses alone', async () => {
    const cidr = SERVICES[family];
    ip('route', 'add', 'local', cidr, 'dev', 'lo', 'table', 'local', 'proto', '55');
    const before = table();
    await change({ adds: [{ cidr, source: undefined }] });
    await change({ replaces: [{ cidr, source: NODE[family] }] });
    expect(await listLocalRoutes(family)).toEqual([{ cidr, source: NODE[family] }]);
    await change({ deletes: [{ cidr, source: undefined }] });
    expect(table()).toEqual(before);
  });

  it('are made by one call as far as they can be, and it fails where one cannot', async () => {
    const [first, second] = family === 'ipv4' ? ['10.96.0.1/32', '10.96.0.2/32'] : ['fd00::1/128', 'fd00::2/128'];
    const adds = [
      { cidr: first, source: family === 'ipv4' ? '198.51.100.9' : '2001:db8:9::9' },
      { cidr: second, source: undefined },
    ];
    await expect(change({ adds })).rejects.toThrow(/source|prefsrc/);
    expect(await listLocalRoutes(family)).toEqual([{ cidr: second, source: undefined }]);
  });
});
