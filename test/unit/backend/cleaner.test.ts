import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Cleaner } from '../../../src/backend/cleaner.ts';
import type { ServicePlan } from '../../../src/plan/types.ts';
import type { Family } from '../../../src/model/ip.ts';
import { servicePlan } from '../../support/plans.ts';

/** A cleaner of the addresses of Services; its work is noted as `ipv4 10.96.0.1 -> endpoints`, with a `!` where it is the first. */
function setUp(families: readonly Family[] = ['ipv4']) {
  const work: string[] = [];
  const logged: string[] = [];
  let failures = 0;
  const cleaner = new Cleaner(
    families,
    {
      what: 'old clients',
      ownedBy: ({ ports }) =>
        new Map(ports.map(port => [port.servicePort.clusterIP, port.clusterEndpoints.map(({ address }) => address)])),
      clean: async (family, suspects, keys, isFirst) => {
        await Promise.resolve();
        if (failures > 0) {
          failures -= 1;
          throw new Error('conntrack failed');
        }
        const allowed = [...suspects.resolve(keys)].map(([key, endpoints]) => `${key} -> ${[...endpoints].join(' ')}`);
        work.push(`${family}${isFirst ? '!' : ''} ${allowed.join(', ')}`.trim());
      },
    },
    pino({ level: 'debug' }, { write: line => void logged.push((JSON.parse(line) as { msg: string }).msg) }),
  );
  const fail = (times: number): void => void (failures = times);
  const program = async (owner: string, plan: ServicePlan | undefined): Promise<void> => {
    for (const family of families) cleaner.record(family, owner, plan);
    cleaner.programmed();
    await vi.advanceTimersByTimeAsync(0);
  };
  return { cleaner, work, logged, fail, program };
}

const web = (...endpoints: string[]): ServicePlan => servicePlan('d/web', { endpoints });

describe('Cleaner', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('looks once at the start even where nothing is suspect, in each family', async () => {
    const { cleaner, work } = setUp(['ipv4', 'ipv6']);
    cleaner.programmed();
    await vi.advanceTimersByTimeAsync(10_000);
    cleaner.programmed();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(work).toEqual(['ipv4!', 'ipv6!']);
  });

  it('does nothing before the rules are in place', async () => {
    const { cleaner, work } = setUp();
    cleaner.record('ipv4', 'd/web', web('10.244.1.2:80'));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(work).toEqual([]);
  });

  it('cleans up where an endpoint went, and looks a second time at what went on meanwhile', async () => {
    const { work, program } = setUp();
    await program('d/web', web('10.244.1.2:80', '10.244.1.3:80'));
    await vi.advanceTimersByTimeAsync(1000);
    work.length = 0;
    await program('d/web', web('10.244.1.2:80'));
    expect(work).toEqual(['ipv4 10.96.0.1 -> 10.244.1.2']);
    await vi.advanceTimersByTimeAsync(999);
    expect(work).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(work).toEqual(['ipv4 10.96.0.1 -> 10.244.1.2', 'ipv4 10.96.0.1 -> 10.244.1.2']);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(work).toHaveLength(2);
  });

  it('does nothing where endpoints only come', async () => {
    const { work, program } = setUp();
    await program('d/web', web('10.244.1.2:80'));
    await vi.advanceTimersByTimeAsync(1000);
    work.length = 0;
    await program('d/web', web('10.244.1.2:80', '10.244.1.3:80'));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(work).toEqual([]);
  });

  it('tries again after 5 s where it failed, still as the first time', async () => {
    const { work, logged, fail, program } = setUp();
    fail(2);
    await program('d/web', web('10.244.1.2:80'));
    expect(logged).toEqual(['old clients could not be removed; tried again soon']);
    await vi.advanceTimersByTimeAsync(9_999);
    expect(work).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(work).toEqual(['ipv4! 10.96.0.1 -> 10.244.1.2']);
    expect(logged).toHaveLength(2);
  });

  it('uses what is allowed when it works, not what was when it failed', async () => {
    const { cleaner, work, fail, program } = setUp();
    fail(1);
    await program('d/web', web('10.244.1.2:80'));
    cleaner.record('ipv4', 'd/web', web('10.244.1.9:80'));
    await vi.advanceTimersByTimeAsync(5000);
    expect(work).toEqual(['ipv4! 10.96.0.1 -> 10.244.1.9']);
  });

  it('does not try the second look again', async () => {
    const { work, logged, fail, program } = setUp();
    await program('d/web', web('10.244.1.2:80'));
    fail(1);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(work).toHaveLength(1);
    expect(logged).toEqual(['second look at old clients failed']);
  });

  it('works on one family at a time', async () => {
    const { work, program } = setUp(['ipv4', 'ipv6']);
    await program('d/web', web('10.244.1.2:80'));
    expect(work).toEqual(['ipv4! 10.96.0.1 -> 10.244.1.2', 'ipv6! 10.96.0.1 -> 10.244.1.2']);
  });

  it('passes over families that are not served', async () => {
    const { cleaner, work } = setUp(['ipv4']);
    cleaner.record('ipv6', 'd/web', web('10.244.1.2:80'));
    cleaner.programmed();
    await vi.advanceTimersByTimeAsync(0);
    expect(work).toEqual(['ipv4!']);
  });
});
