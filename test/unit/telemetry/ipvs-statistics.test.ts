import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { ServerStatistics } from '../../../src/backend/server-statistics.ts';
import { IpvsStatistics } from '../../../src/telemetry/ipvs-statistics.ts';

const server = (virtualServer: string, realServer?: string): ServerStatistics => ({
  protocol: 'TCP',
  virtualServer,
  realServer,
  connections: 1,
  incomingPackets: 2,
  outgoingPackets: 3,
  incomingBytes: 4,
  outgoingBytes: 5,
  weight: 1,
  activeConnections: 0,
  inactiveConnections: 0,
});

function setUp(read: () => Promise<readonly ServerStatistics[]>) {
  const clock = { ms: 0 };
  let reads = 0;
  const statistics = new IpvsStatistics({
    source: {
      readStatistics: () => {
        reads += 1;
        return read();
      },
    },
    now: () => clock.ms,
    serverLimit: 1,
    realServerLimit: 2,
    logger: pino({ level: 'silent' }),
  });
  const want = async (): Promise<number> => {
    statistics.wanted();
    // What was started ends in the microtasks of a promise that is settled.
    for (let i = 0; i < 10; i += 1) await Promise.resolve();
    return reads;
  };
  return { statistics, clock, want };
}

describe('IpvsStatistics', () => {
  it('keeps no more than its limits, and says how many are left out', async () => {
    const all = [server('a'), server('a', '1'), server('a', '2'), server('a', '3'), server('b'), server('b', '1')];
    const { statistics, want } = setUp(() => Promise.resolve(all));
    expect(statistics.servers).toEqual([]);
    await want();
    expect(statistics.servers).toEqual([all[0], all[1], all[2]]);
    expect(statistics.omitted).toBe(3);
  });

  it('does not read again before five seconds are over', async () => {
    const { clock, want } = setUp(() => Promise.resolve([]));
    expect(await want()).toBe(1);
    clock.ms = 4999;
    expect(await want()).toBe(1);
    clock.ms = 5000;
    expect(await want()).toBe(2);
  });

  it('keeps what it had where reading fails, and tries again', async () => {
    let fails = false;
    const { statistics, clock, want } = setUp(() =>
      fails ? Promise.reject(new Error('no ipvsadm')) : Promise.resolve([server('a')]),
    );
    await want();
    fails = true;
    clock.ms = 5000;
    await want();
    expect(statistics.servers).toHaveLength(1);
    clock.ms = 10_000;
    expect(await want()).toBe(3);
  });
});
