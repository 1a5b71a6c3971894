import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { prepareIpvs } from '../../../src/cli/ipvs-kernel.ts';
import { FakePrograms } from '../../fakes/fake-programs.ts';
import { addIpvsadm } from '../../fakes/ipvsadm-program.ts';
import { configuration } from '../../support/configuration.ts';

const kernel = await vi.hoisted(async () => {
  const { FakeSysctls } = await import('../../fakes/fake-sysctls.ts');
  return new FakeSysctls();
});
vi.mock('node:fs/promises', async importOriginal => kernel.replace(await importOriginal()));
const os = vi.hoisted(() => ({ release: '6.1.0-56-amd64' }));
vi.mock('node:os', async importOriginal => ({ ...(await importOriginal<object>()), release: () => os.release }));

const VS = ['conntrack', 'expire_nodest_conn', 'expire_quiescent_template', 'sloppy_tcp'];
const OTHERS = ['net/ipv4/ip_forward', 'net/ipv4/conf/all/arp_ignore', 'net/ipv4/conf/all/arp_announce'];

describe('prepareIpvs', { timeout: 20_000 }, () => {
  let programs: FakePrograms;
  let warnings: string[];
  beforeEach(() => {
    kernel.clear();
    for (const name of [...VS.map(name => `net/ipv4/vs/${name}`), ...OTHERS])
      kernel.files.set(`/proc/sys/${name}`, '0');
    kernel.files.set('/proc/sys/net/ipv6/conf/all/forwarding', '1');
    os.release = '6.1.0-56-amd64';
    programs = new FakePrograms();
    warnings = [];
  });
  afterEach(() => programs[Symbol.dispose]());

  const prepare = (fields: string, program = addIpvsadm(programs)): Promise<void> => {
    const { ipvs } = configuration(`mode: ipvs\nipvs: {ipvsadmPath: ${program}${fields && `, ${fields}`}}`);
    const logger = pino(
      { level: 'warn' },
      { write: line => void warnings.push((JSON.parse(line) as { msg: string }).msg) },
    );
    return prepareIpvs(ipvs, logger);
  };
  const written = (): string[] => kernel.written.map(text => text.replace('/proc/sys/net/ipv4/', ''));

  it('tries IPVS out and makes its settings', async () => {
    await prepare('');
    expect(written()).toEqual([
      'vs/conntrack=1',
      'vs/expire_nodest_conn=1',
      'vs/expire_quiescent_template=1',
      'ip_forward=1',
    ]);
    expect(programs.read('ipvs.json')).toBe('{}');
    expect(warnings).toEqual([expect.stringContaining('IPVS forgets a TCP connection that is idle')]);
  });

  it('makes those that were asked for, and no others', async () => {
    await prepare('strictARP: true, sloppyTCP: true');
    expect(written().slice(4)).toEqual(['conf/all/arp_ignore=1', 'conf/all/arp_announce=2', 'vs/sloppy_tcp=1']);
    expect(warnings).toEqual([]);
  });

  it('needs no privilege where all is as it should be', async () => {
    for (const path of kernel.files.keys()) {
      kernel.files.set(path, '1');
      kernel.readOnly.add(path);
    }
    await prepare('');
    expect(written()).toEqual([]);
  });

  it('sets time-outs in seconds', async () => {
    await prepare('tcpTimeout: 2h, udpTimeout: 1500ms');
    expect(programs.read('ipvsadm-lines')).toContain('--set 7200 0 2');
    expect(warnings).toEqual([]);
  });

  it.each([
    {
      name: 'bridged packets do not come by, and nothing makes up for it',
      path: 'net/bridge/bridge-nf-call-iptables',
      fields: 'bridgeFallbackSNAT: false',
      warning: /bridge-nf-call-iptables is 0/,
    },
    { name: 'IPv6 is not forwarded', path: 'net/ipv6/conf/all/forwarding', warning: /ipv6.conf.all.forwarding is 0/ },
  ])('warns where $name', async ({ path, warning, fields = '' }) => {
    kernel.files.set(`/proc/sys/${path}`, '0');
    await prepare(`tcpTimeout: 2h, ${fields}`);
    expect(warnings).toEqual([expect.stringMatching(warning)]);
  });

  it('does not warn of bridges that connections are masqueraded for', async () => {
    kernel.files.set('/proc/sys/net/bridge/bridge-nf-call-iptables', '0');
    await prepare('tcpTimeout: 2h');
    expect(warnings).toEqual([]);
  });

  const missing: readonly {
    readonly name: string;
    readonly script?: string;
    readonly fields?: string;
    readonly release?: string;
    readonly says: RegExp;
  }[] = [
    {
      name: 'ipvsadm',
      script: 'gone',
      says: /^this node cannot run mode ipvs: there is no program \S+: it is in the package ipvsadm$/,
    },
    {
      name: 'the module',
      script: `[ "$1" = --version ] && exit; echo "modprobe: FATAL: Module ip_vs not found
Can't initialize ipvs: Protocol not available
Are you sure that IP Virtual Server is built in the kernel or as module?" >&2; exit 2`,
      says: /the kernel has no IPVS: its module ip_vs is not loaded, and cannot be \(Can't initialize ipvs: Protocol not available\)$/,
    },
    {
      name: 'the privilege',
      script: `[ "$1" = --version ] && exit; echo "Can't initialize ipvs: Permission denied (you must be root)" >&2; exit 2`,
      says: /CAP_NET_ADMIN is needed/,
    },
    {
      name: 'the scheduler',
      fields: 'scheduler: nosuch',
      says: /has no scheduler nosuch: its module is ip_vs_nosuch$/,
    },
    { name: 'a newer kernel', release: '5.8.18', says: /the kernel is 5.8.18, and 5.9 is needed$/ },
  ];
  it.each(missing)('says that $name is missing', async ({ script, fields = '', release, says }) => {
    if (release !== undefined) os.release = release;
    const program =
      script === undefined ? undefined : script === 'gone' ? '/nonexistent/ipvsadm' : programs.add('broken', script);
    await expect(prepare(fields, program)).rejects.toThrow(says);
    expect(written()).toEqual([]);
  });
});
