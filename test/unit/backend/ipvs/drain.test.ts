import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { commandsOf, lineOf } from '../../../../src/backend/ipvs/diff.ts';
import { Drain } from '../../../../src/backend/ipvs/drain.ts';
import { parseSaved } from '../../../../src/backend/ipvs/parse.ts';
import type { Entry } from '../../../../src/backend/nftables/schema.ts';

/** Connections of real servers, by virtual server. */
const kernel = vi.hoisted(() => ({ connections: {} as Record<string, Record<string, number>>, readings: 0 }));
vi.mock('../../../../src/kernel/ipvs.ts', () => ({
  readVirtualServers: () => {
    kernel.readings += 1;
    const hex = (target: string): string => {
      const [address = '', port] = target.split(':');
      const digits = (value: number, count: number): string => value.toString(16).toUpperCase().padStart(count, '0');
      return `${address
        .split('.')
        .map(byte => digits(Number(byte), 2))
        .join('')}:${digits(Number(port), 4)}`;
    };
    const lines = Object.entries(kernel.connections).flatMap(([server, reals]) => [
      `TCP  ${hex(server)} rr`,
      ...Object.entries(reals).map(([real, count]) => `  -> ${hex(real)}      Masq    0      ${count}          0`),
    ]);
    return Promise.resolve(`${lines.join('\n')}\n`);
  },
}));

const TIMEOUT_MS = 60_000;
const server = (vip = 1, l4 = 'tcp'): Entry => ({
  container: 'virtual-servers',
  key: `10.96.0.${vip} . ${l4} . 80`,
  value: '-s rr',
});
const real = (host: number, vip = 1, l4 = 'tcp'): Entry => ({
  container: 'real-servers',
  key: `10.96.0.${vip} . ${l4} . 80 . 10.244.1.${host} . 8080`,
  value: '-m -w 1',
});
const target = (vip: number): string => `-t 10.96.0.${vip}:80`;
const softLine = (host: number, vip = 1): string => `-e ${target(vip)} -r 10.244.1.${host}:8080 -m -w 0`;
const deleteLine = (host: number, vip = 1): string => `-d ${target(vip)} -r 10.244.1.${host}:8080`;

describe('Drain', () => {
  let drain: Drain;
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] });
    drain = new Drain(TIMEOUT_MS);
    kernel.connections = {};
    kernel.readings = 0;
  });
  afterEach(() => void vi.useRealTimers());

  /** One unit, as its lines are then. */
  const change = (deletes: readonly Entry[], adds: readonly Entry[] = []): string[] => {
    const { before, after } = commandsOf([{ family: 'ipv4', owner: 'd/web', deletes, adds }]);
    return [...drain.softened(before), ...drain.softened(after)].map(lineOf);
  };
  const serve = (vip: number, connections: Record<number, number>): void => {
    const reals = Object.entries(connections).map(([host, count]) => [`10.244.1.${host}:8080`, count]);
    kernel.connections[`10.96.0.${vip}:80`] = Object.fromEntries(reals) as Record<string, number>;
  };

  it('leaves a real server with connections until it has none, with weight 0', async () => {
    expect(change([real(2)])).toEqual([softLine(2)]);
    expect(drain.holds(real(2).key)).toBe(true);
    serve(1, { 2: 3, 3: 9 });
    expect(await drain.finished()).toEqual([]);
    serve(1, { 2: 0, 3: 9 });
    expect(await drain.finished()).toEqual([deleteLine(2)]);
    expect(drain.size).toBe(0);
    expect(await drain.finished()).toEqual([]);
  });

  it('gives it up when its time is up', async () => {
    change([real(2)]);
    serve(1, { 2: 3 });
    vi.advanceTimersByTime(TIMEOUT_MS - 1);
    expect(await drain.finished()).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(await drain.finished()).toEqual([deleteLine(2)]);
  });

  it('does not wait for one that comes back', async () => {
    change([real(2)]);
    expect(change([], [real(2)])).toEqual([`-a ${target(1)} -r 10.244.1.2:8080 -m -w 1`]);
    expect(drain.size).toBe(0);
    expect(await drain.finished()).toEqual([]);
  });

  it('leaves a virtual server until the last of its real servers is gone', async () => {
    // The other one has no part in that, although it leaves at the same time.
    expect(change([server(1), real(2), real(3), server(2), real(2, 2)])).toEqual([
      softLine(2),
      softLine(3),
      softLine(2, 2),
    ]);
    serve(1, { 2: 1, 3: 0 });
    serve(2, { 2: 0 });
    expect(await drain.finished()).toEqual([deleteLine(3), deleteLine(2, 2), `-D ${target(2)}`]);
    expect(drain.holds(server(1).key)).toBe(true);
    serve(1, { 2: 0 });
    expect(await drain.finished()).toEqual([deleteLine(2), `-D ${target(1)}`]);
    expect(drain.size).toBe(0);
  });

  it('leaves a virtual server whose last real servers left before it', async () => {
    change([real(2)]);
    expect(change([server(1)])).toEqual([]);
    serve(1, { 2: 0 });
    expect(await drain.finished()).toEqual([deleteLine(2), `-D ${target(1)}`]);
  });

  it('deletes a virtual server at once that has no real servers', () => {
    change([real(2, 2)]);
    expect(change([server(1)])).toEqual([`-D ${target(1)}`]);
    expect(drain.holds(server(1).key)).toBe(false);
  });

  it('has nothing but TCP to wait for, and nothing without a time-out', () => {
    expect(change([real(2, 1, 'udp'), server(2, 'udp')])).toEqual([
      '-d -u 10.96.0.1:80 -r 10.244.1.2:8080',
      '-D -u 10.96.0.2:80',
    ]);
    drain = new Drain(0);
    expect(change([real(2), server(2)])).toEqual([deleteLine(2), `-D ${target(2)}`]);
    expect(drain.size).toBe(0);
  });

  it('forgets what others have deleted', () => {
    change([server(1), real(2), real(3)]);
    drain.forgetAllBut(parseSaved(`-A ${target(1)} -s rr\n-a ${target(1)} -r 10.244.1.2:8080 -m -w 0\n`));
    expect([server(1), real(2), real(3)].map(({ key }) => drain.holds(key))).toEqual([true, true, false]);
    drain.forgetAllBut(parseSaved(''));
    expect(drain.size).toBe(0);
  });

  it('asks the kernel for nothing where nothing drains', async () => {
    expect(await drain.finished()).toEqual([]);
    expect(kernel.readings).toBe(0);
  });
});
