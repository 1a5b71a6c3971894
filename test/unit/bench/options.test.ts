import { afterEach, describe, expect, test, vi } from 'vitest';
import { parseOptions } from '../../../bench/options.ts';

afterEach(() => vi.unstubAllEnvs());

const names = (sizes: readonly { services: number; endpointsEach: number }[]): string[] =>
  sizes.map(({ services, endpointsEach }) => `${services}x${endpointsEach}`);

describe('options of the benchmark', () => {
  test('without any all sizes are measured, and every part', () => {
    vi.stubEnv('PROXY', '');
    const options = parseOptions([]);
    expect(names(options.sizes)).toEqual(['1000x5', '5000x5', '10000x5', '30000x5', '10000x10', '5000x50']);
    expect(options.layoutSizes).toEqual(options.sizes);
    expect(options.dataPathServices).toEqual([100, 1000, 10_000]);
    expect(names(options.repairSizes)).toEqual(['10000x5']);
    expect(options).toMatchObject({
      changes: 200,
      burst: 500,
      repeats: 3,
      idleSeconds: 30,
      mode: 'nftables',
      nft: 'nft',
      isFull: false,
    });
    expect(options.proxy).toMatch(/\/dist\/sluice$/);
  });

  test('the proxy is the one given, else that of the environment', () => {
    vi.stubEnv('PROXY', 'kube-proxy');
    expect(parseOptions(['--proxy', 'kube-proxy --v=2']).proxy).toBe('kube-proxy --v=2');
    expect(parseOptions([]).proxy).toBe('kube-proxy');
  });

  test('--only leaves the other parts out', () => {
    const options = parseOptions(['--only', 'layouts', '--sizes', '20x3']);
    expect(options.sizes).toEqual([]);
    expect(names(options.layoutSizes)).toEqual(['20x3']);
    expect(options.repairSizes).toEqual([]);
    expect(options.dataPathServices).toEqual([]);
    expect(names(parseOptions(['--only', 'repair', '--sizes', '20x3']).repairSizes)).toEqual(['20x3']);
  });

  test('--quick is short, and what is given besides goes first', () => {
    const options = parseOptions(['--quick', '--changes', '7']);
    expect(names(options.sizes)).toEqual(['300x5', '1000x5']);
    expect(names(options.repairSizes)).toEqual(['300x5']);
    expect(options).toMatchObject({ changes: 7, idleSeconds: 3, repeats: 1 });
  });

  test.each([
    { args: ['--only', 'proxy,everything'], says: 'no such part: everything' },
    { args: ['--sizes', '1000'], says: 'not SERVICESxENDPOINTS: 1000' },
    { args: ['--sizes', '0x5'], says: 'not SERVICESxENDPOINTS: 0x5' },
    { args: ['--mode', 'ebpf'], says: 'neither nftables nor iptables nor ipvs: ebpf' },
    { args: ['--changes', 'many'], says: 'not a number: many' },
    { args: ['--pause=-1'], says: 'not a number: -1' },
    { args: ['--fast'], says: "Unknown option '--fast'" },
  ])('$args is refused', ({ args, says }) => {
    expect(() => parseOptions(args)).toThrow(says);
  });
});
