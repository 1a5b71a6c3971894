import { cpus } from 'node:os';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type * as logging from '../../../../src/telemetry/logger.ts';
import { FakePrograms } from '../../../fakes/fake-programs.ts';
import { configurationFile } from '../../../support/configuration.ts';
import { runMain } from '../run-main.ts';

const kernel = await vi.hoisted(async () => {
  const { FakeSysctls } = await import('../../../fakes/fake-sysctls.ts');
  return new FakeSysctls();
});
vi.mock('node:fs/promises', async importOriginal => kernel.replace(await importOriginal()));

// What the program logs goes to its standard error, past the streams of a test.
const logged = vi.hoisted((): string[] => []);
vi.mock('../../../../src/telemetry/logger.ts', async importOriginal => {
  const { createLogger, ...rest } = await importOriginal<typeof logging>();
  const keeping: typeof createLogger = options =>
    createLogger({
      ...options,
      format: 'json',
      write: line => void logged.push((JSON.parse(line) as { msg: string }).msg),
    });
  return { ...rest, createLogger: keeping };
});

const NETFILTER = '/proc/sys/net/netfilter/nf_conntrack_';
const HASH_SIZE = '/sys/module/nf_conntrack/parameters/hashsize';
const MAX = Math.min(32_768 * cpus().length, 1_048_576);
/** What kube-proxy's defaults make of this machine. */
const DEFAULT_MAX = MAX > 131_072 ? MAX : 131_072;

let programs: FakePrograms;
beforeEach(() => {
  kernel.clear();
  logged.length = 0;
  for (const name of ['max', 'tcp_timeout_established', 'tcp_timeout_close_wait', 'tcp_be_liberal', 'udp_timeout'])
    kernel.files.set(`${NETFILTER}${name}`, '1');
  kernel.files.set(HASH_SIZE, '1');
  programs = new FakePrograms();
  // Where this machine has no connection tracking loaded, it is asked to.
  programs.add('conntrack', 'exit 1');
  vi.stubEnv('PATH', programs.path);
});
afterEach(() => {
  vi.unstubAllEnvs();
  programs[Symbol.dispose]();
});

describe('sluice --init-only', () => {
  it("sets what kube-proxy's defaults ask for, and ends", async () => {
    expect(await runMain(['--init-only', '-v=0'])).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(kernel.written).toEqual([
      `${NETFILTER}max=${DEFAULT_MAX}`,
      `${HASH_SIZE}=${DEFAULT_MAX / 4}`,
      `${NETFILTER}tcp_timeout_established=86400`,
      `${NETFILTER}tcp_timeout_close_wait=3600`,
    ]);
  });

  it('logs warnings of the configuration, what it has set, and only that', async () => {
    kernel.files.set(`${NETFILTER}tcp_timeout_established`, '86400');
    await runMain(['--init-only']);
    expect(logged).toEqual([
      expect.stringMatching(/^configuration: not set, nor is mode/),
      'conntrack: size set',
      'conntrack: set',
    ]);
  });

  it('writes nothing the second time, so that a container without privileges can follow', async () => {
    await runMain(['--init-only']);
    kernel.written.length = 0;
    for (const path of kernel.files.keys()) kernel.readOnly.add(path);
    expect(await runMain(['--init-only'])).toMatchObject({ status: 0, stderr: '' });
    expect(kernel.written).toEqual([]);
  });

  it('follows the file', async () => {
    const fields =
      'conntrack: {maxPerCore: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s, tcpBeLiberal: true, udpTimeout: 30s}';
    programs.write('config.yaml', configurationFile(fields));
    expect(await runMain(['--init-only', `--config=${programs.file('config.yaml')}`])).toMatchObject({ status: 0 });
    expect(kernel.written).toEqual([`${NETFILTER}udp_timeout=30`]);
  });

  it('touches nothing where nothing is asked for', async () => {
    const flags = [
      '--conntrack-max-per-core=0',
      '--conntrack-tcp-timeout-established=0s',
      '--conntrack-tcp-timeout-close-wait=0s',
    ];
    kernel.files.clear();
    expect(await runMain(['--init-only', ...flags])).toMatchObject({ status: 0 });
    expect(kernel.written).toEqual([]);
    expect(programs.calls).toEqual([]);
  });

  it.each([
    { path: `${NETFILTER}max`, told: `sysctl net.netfilter.nf_conntrack_max cannot be set to ${DEFAULT_MAX}: EROFS` },
    { path: HASH_SIZE, told: `${HASH_SIZE} cannot be set to ${DEFAULT_MAX / 4}: EROFS` },
  ])('ends with 1 where $path may not be written, and says so', async ({ path, told }) => {
    kernel.readOnly.add(path);
    const { status, stderr } = await runMain(['--init-only']);
    expect(status).toBe(1);
    expect(stderr).toContain(`sluice: ${told}`);
  });
});
