import { describe, expect, it, vi } from 'vitest';
import type { TrafficIncrement, TrafficPort } from '../../../src/backend/traffic.ts';
import { ServiceTraffic } from '../../../src/telemetry/service-traffic.ts';
import { keptLog } from '../../support/log-lines.ts';

const increment = (service: string, packets: number, more: Partial<TrafficIncrement> = {}): TrafficIncrement => ({
  family: 'ipv4',
  service,
  port: 'http',
  protocol: 'TCP',
  outcome: 'forwarded',
  packets,
  ...more,
});

function setUp(seriesLimit?: number) {
  let nowMs = 0;
  const gone = new Set<string>();
  const asked: PromiseWithResolvers<readonly TrafficIncrement[]>[] = [];
  const log = keptLog();
  const traffic = new ServiceTraffic({
    source: {
      readIncrements: () => {
        const reading = Promise.withResolvers<readonly TrafficIncrement[]>();
        asked.push(reading);
        return reading.promise;
      },
      has: ({ service }: TrafficPort) => !gone.has(service),
    },
    now: () => nowMs,
    ...(seriesLimit !== undefined && { seriesLimit }),
    logger: log.logger,
  });
  /** A reading that takes so long and ends so. */
  const read = async (result: readonly TrafficIncrement[] | Error, tookMs = 10): Promise<void> => {
    traffic.wanted();
    nowMs += tookMs;
    const reading = asked.at(-1)!;
    if (result instanceof Error) reading.reject(result);
    else reading.resolve(result);
    const before = traffic.failures + (traffic.reading?.timeMs ?? 0);
    await vi.waitFor(() => {
      expect(traffic.failures + (traffic.reading?.timeMs ?? 0)).not.toBe(before);
    });
  };
  const shown = (): string[] =>
    [...traffic.connections.all(), ...traffic.unavailable.all()].map(
      ({ labels, value }) => `${Object.values(labels).join(' ')}: ${value}`,
    );
  return { traffic, asked, gone, log, read, shown, pass: (ms: number) => void (nowMs += ms) };
}

describe('ServiceTraffic', () => {
  it('reads only when somebody wants to know, never twice at a time, and not again at once', async () => {
    const { traffic, asked, read, pass } = setUp();
    expect(asked).toHaveLength(0);
    traffic.wanted();
    pass(600_000);
    traffic.wanted();
    expect(asked).toHaveLength(1);
    await read([]);
    traffic.wanted();
    pass(4999);
    traffic.wanted();
    expect(asked).toHaveLength(1);
    pass(60_000);
    traffic.wanted();
    expect(asked).toHaveLength(2);
  });

  it.each([
    { tookMs: 10, intervalMs: 5000 },
    { tookMs: 400, intervalMs: 20_000 },
    { tookMs: 9000, intervalMs: 60_000 },
  ])('reads the next time after $intervalMs ms where it took $tookMs ms', async ({ tookMs, intervalMs }) => {
    const { traffic, asked, read, pass } = setUp();
    await read([], tookMs);
    pass(intervalMs - 1);
    traffic.wanted();
    expect(asked).toHaveLength(1);
    pass(1);
    traffic.wanted();
    expect(asked).toHaveLength(2);
    expect(traffic.reading?.durationSeconds).toBe(tookMs / 1000);
  });

  it('adds up by service port, and by what became of the packets', async () => {
    const { read, shown, pass } = setUp();
    await read([increment('d/web', 3), increment('d/web', 1), increment('d/dns', 5, { protocol: 'UDP', port: '53' })]);
    pass(60_000);
    await read([
      increment('d/web', 2),
      increment('d/web', 7, { family: 'ipv6' }),
      increment('d/web', 8, { outcome: 'rejected' }),
      increment('d/web', 9, { outcome: 'dropped' }),
    ]);
    expect(shown()).toEqual([
      'IPv4 d web http TCP: 6',
      'IPv4 d dns 53 UDP: 5',
      'IPv6 d web http TCP: 7',
      'IPv4 d web http TCP reject: 8',
      'IPv4 d web http TCP drop: 9',
    ]);
  });

  it('shows no Service that is gone', async () => {
    const { read, shown, gone, pass } = setUp();
    await read([increment('d/web', 3), increment('d/old', 1), increment('d/old', 1, { outcome: 'dropped' })]);
    gone.add('d/old');
    pass(60_000);
    await read([]);
    expect(shown()).toEqual(['IPv4 d web http TCP: 3']);
  });

  it('has as many series as it may, and one for all others', async () => {
    const { read, shown } = setUp(2);
    await read(['a', 'b', 'c', 'd'].map(name => increment(`d/${name}`, 1)));
    expect(shown()).toEqual(['IPv4 d a http TCP: 1', 'IPv4 d b http TCP: 1', 'IPv4 (other) (other) (other) TCP: 2']);
  });

  it('goes on after a failure, of which it tells once', async () => {
    const { traffic, read, shown, log, pass } = setUp();
    await read([increment('d/web', 3)]);
    const { reading } = traffic;
    for (let i = 0; i < 2; i += 1) {
      pass(60_000);
      await read(new Error('nft failed'));
    }
    expect(traffic.failures).toBe(2);
    expect(traffic.reading).toBe(reading);
    expect(shown()).toEqual(['IPv4 d web http TCP: 3']);
    expect(log.records).toMatchObject([{ level: 'warn', err: 'nft failed' }]);
    pass(60_000);
    await read([increment('d/web', 1)]);
    expect(shown()).toEqual(['IPv4 d web http TCP: 4']);
  });
});
