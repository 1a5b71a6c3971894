import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ensureConntrackHashSize, ensureSysctl, readSysctl } from '../../../src/kernel/sysctl.ts';

const MAX = '/proc/sys/net/netfilter/nf_conntrack_max';
const HASH_SIZE = '/sys/module/nf_conntrack/parameters/hashsize';

const kernel = await vi.hoisted(async () => {
  const { FakeSysctls } = await import('../../fakes/fake-sysctls.ts');
  return new FakeSysctls();
});
vi.mock('node:fs/promises', async importOriginal => kernel.replace(await importOriginal()));

beforeEach(() => {
  kernel.clear();
  kernel.files.set(MAX, '262144');
  kernel.files.set(HASH_SIZE, '65536');
});

describe('readSysctl', () => {
  it('reads a number', async () => {
    expect(await readSysctl('net/netfilter/nf_conntrack_max')).toBe(262_144);
  });

  it('throws where there is no such setting', async () => {
    await expect(readSysctl('net/netfilter/none')).rejects.toThrow('ENOENT');
  });
});

describe('ensureSysctl', () => {
  it('writes another value, and says so', async () => {
    expect(await ensureSysctl('net/netfilter/nf_conntrack_max', 131_072)).toBe(true);
    expect(kernel.written).toEqual([`${MAX}=131072`]);
  });

  it('leaves an equal value alone, so that it may be read-only', async () => {
    kernel.readOnly.add(MAX);
    expect(await ensureSysctl('net/netfilter/nf_conntrack_max', 262_144)).toBe(false);
    expect(kernel.written).toEqual([]);
  });

  it.each([
    { name: 'net/netfilter/nf_conntrack_max', cause: 'EROFS' },
    { name: 'net/netfilter/none', cause: 'ENOENT' },
  ])('names $name where it cannot be set, with the cause', async ({ name, cause }) => {
    kernel.readOnly.add(MAX);
    await expect(ensureSysctl(name, 7)).rejects.toMatchObject({
      message: `sysctl ${name.replaceAll('/', '.')} cannot be set to 7`,
      cause: { message: expect.stringContaining(cause) as string },
    });
  });
});

describe('ensureConntrackHashSize', () => {
  it.each([
    { buckets: 65_535, written: [] },
    { buckets: 65_536, written: [] },
    { buckets: 65_537, written: [`${HASH_SIZE}=65537`] },
  ])('$buckets buckets where there are 65536: never fewer', async ({ buckets, written }) => {
    await ensureConntrackHashSize(buckets);
    expect(kernel.written).toEqual(written);
  });

  it('names the file where it cannot be set', async () => {
    kernel.readOnly.add(HASH_SIZE);
    await expect(ensureConntrackHashSize(1_000_000)).rejects.toThrow(`${HASH_SIZE} cannot be set to 1000000`);
    kernel.files.delete(HASH_SIZE);
    await expect(ensureConntrackHashSize(1)).rejects.toThrow(`${HASH_SIZE} cannot be set to 1`);
  });
});
