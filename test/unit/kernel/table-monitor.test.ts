import { spawn, type ChildProcess } from 'node:child_process';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { TableMonitor } from '../../../src/kernel/table-monitor.ts';

/** Prints what a relay would, in octal: a message with nothing but a header, of this type. */
const message = (type: number): string => String.raw`printf '\020\0\0\0\0${type}\0\0\0\0\0\0\0\0\0\0\0'`;
const READY = message(1);
const OVERRUN = message(4);
const WAIT = 'cat >/dev/null';

function watch(...scripts: string[]) {
  const told: string[] = [];
  const children: ChildProcess[] = [];
  const monitor = new TableMonitor({
    table: 'kube-proxy',
    onCommit: () => told.push('commit'),
    onGap: () => told.push('gap'),
    onState: ({ isWatching, error }) => told.push(isWatching ? 'up' : `down: ${error?.message}`),
    start: () => {
      const child = spawn('/bin/sh', ['-c', scripts[Math.min(children.length, scripts.length - 1)]!]);
      children.push(child);
      return child;
    },
  });
  return { monitor, told, children };
}

describe('TableMonitor', () => {
  let monitor: TableMonitor | undefined;
  afterEach(() => {
    monitor?.close();
    vi.useRealTimers();
  });

  it('says when it is ready, and of an overrun that something was missed', async () => {
    const made = watch(`${READY}; ${OVERRUN}; ${WAIT}`);
    ({ monitor } = made);
    await monitor.ready;
    await vi.waitFor(() => expect(made.told).toEqual(['up', 'gap']));
  });

  it('starts anew when its process ends; then some may have been missed', { timeout: 10_000 }, async () => {
    const made = watch(`${READY}; echo 'no messages of nftables: Operation not permitted' >&2`, `${READY}; ${WAIT}`);
    ({ monitor } = made);
    await vi.waitFor(() => expect(made.told).toHaveLength(4), 5000);
    expect(made.told).toEqual([
      'up',
      'down: perl ended: no messages of nftables: Operation not permitted',
      'up',
      'gap',
    ]);
  });

  it('may have missed some, too, where it could not be started at first', { timeout: 10_000 }, async () => {
    const made = watch('exit 3', `${READY}; ${WAIT}`);
    ({ monitor } = made);
    await vi.waitFor(() => expect(made.told).toHaveLength(3), 5000);
    expect(made.told).toEqual(['down: perl ended: 3', 'up', 'gap']);
  });

  it('is ready, too, where it cannot be started, and waits twice as long each time', { timeout: 10_000 }, async () => {
    const delays: number[] = [];
    const real = setTimeout;
    vi.spyOn(globalThis, 'setTimeout').mockImplementation(((work: () => void, ms: number) => {
      delays.push(ms);
      return real(work, 1);
    }) as typeof setTimeout);
    const made = watch('exit 3');
    ({ monitor } = made);
    await monitor.ready;
    while (delays.length < 12) await new Promise(resolve => real(resolve, 5));
    monitor.close();
    vi.restoreAllMocks();
    expect(delays.slice(0, 11)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300].map(seconds => seconds * 1000));
    expect(made.told[0]).toBe('down: perl ended: 3');
    expect(made.told).not.toContain('gap');
  });

  it('ends a process that says what cannot be understood', async () => {
    const made = watch(`echo 'this is no netlink message'; exec sleep 100`, WAIT);
    ({ monitor } = made);
    await monitor.ready;
    expect(made.told[0]).toMatch(/^down: no netlink message/);
    await vi.waitFor(() => expect(made.children[0]?.killed).toBe(true));
  });

  it('ends its process when it is closed, and says nothing of it', async () => {
    const made = watch(`${READY}; exec sleep 100`);
    await made.monitor.ready;
    made.monitor.close();
    await vi.waitFor(() => expect(made.children[0]?.signalCode).toBe('SIGTERM'));
    expect(made.told).toEqual(['up']);
  });
});
