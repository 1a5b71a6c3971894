import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Problem } from '../../../src/kube/types.ts';
import type { ServicePlan } from '../../../src/plan/types.ts';
import { Reconciler, type Outcome, type ReconcilerTimes } from '../../../src/reconcile/reconciler.ts';
import { FakeBackend } from '../../fakes/fake-backend.ts';
import { servicePlan } from '../../support/plans.ts';

const TIMES: ReconcilerTimes = { quietMs: 5, maxDelayMs: 50, minPeriodMs: 0, maxRetryMs: 30_000, verifyMs: 900_000 };

const NO_ENTRIES = { podCIDRs: [], serviceCIDRs: [], nodePortAddresses: [] };

function setUp(times: Partial<ReconcilerTimes> = {}) {
  const backend = new FakeBackend();
  const plans = new Map<string, ServicePlan>();
  const outcomes: Outcome[] = [];
  const failures: string[] = [];
  const problems: Problem[] = [];
  let queued = 0;
  const reconciler = new Reconciler({
    backend,
    plan: owner => plans.get(owner),
    times: { ...TIMES, ...times },
    observer: {
      queued: () => void (queued += 1),
      began: () => undefined,
      problems: some => void problems.push(...some),
      applied: outcome => void outcomes.push(outcome),
      failed: error => void failures.push(error.message),
    },
    logger: pino({ level: 'silent' }),
  });
  const abort = new AbortController();
  const ended = reconciler.run(abort.signal);
  const change = (...owners: string[]): void => {
    for (const owner of owners) plans.set(owner, servicePlan(owner));
    reconciler.touch(owners);
  };
  const stop = async (): Promise<void> => {
    abort.abort();
    await ended;
  };
  return { backend, plans, outcomes, failures, problems, reconciler, change, stop, queued: () => queued };
}

const kernelOf = ({ kernel }: FakeBackend): string[] => [...kernel.values()].map(({ service }) => service);

describe('Reconciler', () => {
  let world: ReturnType<typeof setUp>;
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] }));
  afterEach(async () => {
    await world.stop();
    vi.useRealTimers();
  });

  it('writes nothing before it is started, then everything at once', async () => {
    world = setUp();
    world.change('d/a', 'd/b');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(world.backend.calls).toEqual([]);
    world.reconciler.start();
    await vi.advanceTimersByTimeAsync(1);
    expect(kernelOf(world.backend)).toEqual(['d/a', 'd/b']);
    expect(world.outcomes).toMatchObject([{ reasons: ['start'], services: 2 }]);
  });

  it('gathers changes until it is quiet, but not for longer than the longest delay', async () => {
    world = setUp();
    world.reconciler.start();
    await vi.advanceTimersByTimeAsync(1);
    for (let i = 0; i < 20; i += 1) {
      world.change(`d/${i}`);
      await vi.advanceTimersByTimeAsync(4);
    }
    await vi.advanceTimersByTimeAsync(10);
    expect(world.outcomes.map(({ services }) => services)).toEqual([0, 13, 7]);
  });

  it('programs a lone change after the quiet period', async () => {
    world = setUp();
    world.reconciler.start();
    await vi.advanceTimersByTimeAsync(1000);
    world.change('d/a');
    await vi.advanceTimersByTimeAsync(4);
    expect(kernelOf(world.backend)).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(kernelOf(world.backend)).toEqual(['d/a']);
    expect(world.queued()).toBe(1);
  });

  it('leaves minSyncPeriod between two runs, and none before the first change after a pause', async () => {
    world = setUp({ minPeriodMs: 4000 });
    world.reconciler.start();
    await vi.advanceTimersByTimeAsync(9000);
    world.change('d/a');
    await vi.advanceTimersByTimeAsync(5);
    expect(kernelOf(world.backend)).toEqual(['d/a']);
    world.change('d/b');
    await vi.advanceTimersByTimeAsync(3900);
    expect(kernelOf(world.backend)).toEqual(['d/a']);
    await vi.advanceTimersByTimeAsync(200);
    expect(kernelOf(world.backend)).toEqual(['d/a', 'd/b']);
  });

  it('takes other times while it runs; a comparison that is due later by the old ones comes sooner', async () => {
    world = setUp({ minPeriodMs: 4000, verifyMs: 900_000 });
    world.reconciler.start();
    world.reconciler.verifyNow();
    await vi.advanceTimersByTimeAsync(5000);
    world.reconciler.setTimes({ ...TIMES, quietMs: 20, verifyMs: 10_000 });
    world.change('d/a');
    await vi.advanceTimersByTimeAsync(19);
    expect(kernelOf(world.backend)).toEqual([]);
    await vi.advanceTimersByTimeAsync(2);
    expect(kernelOf(world.backend)).toEqual(['d/a']);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(world.outcomes.at(-1)).toMatchObject({ reasons: ['verify'], verified: true });
    // The longest delay of retries, too.
    world.reconciler.setTimes({ ...TIMES, maxRetryMs: 300 });
    world.backend.failures = 5;
    world.change('d/b');
    await vi.advanceTimersByTimeAsync(2000);
    expect(kernelOf(world.backend)).toEqual(['d/a', 'd/b']);
    // And that of Services that are set aside.
    world.backend.bad.add('d/bad');
    world.change('d/bad');
    await vi.advanceTimersByTimeAsync(999);
    expect(world.reconciler.quarantine.entries()).toMatchObject([{ owner: 'd/bad', attempts: 4 }]);
  });

  it('compares no earlier for other times than it is due, and nothing before the start', async () => {
    world = setUp({ verifyMs: 10_000 });
    world.reconciler.setTimes({ ...TIMES, verifyMs: 10 });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(world.backend.calls).toEqual([]);
    world.reconciler.setTimes({ ...TIMES, verifyMs: 10_000 });
    world.reconciler.start();
    world.reconciler.verifyNow();
    await vi.advanceTimersByTimeAsync(1);
    world.reconciler.setTimes({ ...TIMES, verifyMs: 900_000 });
    await vi.advanceTimersByTimeAsync(11_000);
    expect(world.backend.calls).toEqual(['resync', 'resync']);
  });

  it('has something done before what changed is staged, not during a run, and in one of its own where nothing changed', async () => {
    world = setUp();
    const { reconciler, backend } = world;
    const happened: string[] = [];
    const work = (): void => void happened.push('work');
    const write = backend.commit.bind(backend);
    let isWorkAsked = true;
    vi.spyOn(backend, 'stage').mockImplementation((_, owner) => void happened.push(owner));
    vi.spyOn(backend, 'commit').mockImplementation(() => {
      if (isWorkAsked) reconciler.atNextRun(work);
      isWorkAsked = false;
      happened.push('commit');
      return write();
    });
    reconciler.start();
    await vi.advanceTimersByTimeAsync(1000);
    expect(happened).toEqual(['commit', 'work', 'commit']);
    happened.length = 0;
    world.change('d/a');
    reconciler.atNextRun(work);
    await vi.advanceTimersByTimeAsync(1000);
    expect(happened).toEqual(['work', 'd/a', 'commit']);
  });

  it.each<[string, (world: ReturnType<typeof setUp>) => void]>([
    ['a Service', ({ change }) => change('d/b')],
    ["the node's entries", ({ reconciler }) => reconciler.setNode('ipv4', NO_ENTRIES)],
    ['what all Services have in common', ({ reconciler }) => reconciler.atNextRun(() => undefined)],
  ])('leaves minSyncPeriod after a run for a change of %s that came during it', async (_, change) => {
    world = setUp({ minPeriodMs: 4000 });
    const { backend, reconciler } = world;
    const write = backend.commit.bind(backend);
    vi.spyOn(backend, 'commit').mockImplementation(async () => {
      await new Promise(resolve => setTimeout(resolve, 1000));
      return write();
    });
    reconciler.start();
    await vi.advanceTimersByTimeAsync(500);
    change(world);
    await vi.advanceTimersByTimeAsync(4499 + 1000);
    expect(backend.calls).toEqual(['commit']);
    await vi.advanceTimersByTimeAsync(2);
    expect(backend.calls).toEqual(['commit', 'commit']);
  });

  it('plans only what was touched', async () => {
    world = setUp();
    world.change('d/a', 'd/b', 'd/c');
    world.reconciler.start();
    await vi.advanceTimersByTimeAsync(1);
    world.change('d/b');
    await vi.advanceTimersByTimeAsync(10);
    expect(world.outcomes.at(-1)).toMatchObject({ services: 1, reasons: ['services-changed'] });
  });

  it('retries a failed commit with growing delays, and forgets no change', async () => {
    world = setUp();
    world.backend.failures = 4;
    world.change('d/a');
    world.reconciler.start();
    await vi.advanceTimersByTimeAsync(1);
    expect(world.failures).toEqual(['nft failed']);
    await vi.advanceTimersByTimeAsync(99);
    expect(world.failures.length).toBe(1);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(world.failures.length).toBe(4);
    expect(kernelOf(world.backend)).toEqual(['d/a']);
    expect(world.outcomes.at(-1)?.reasons).toEqual(['retry']);
  });

  it('sets a Service aside that cannot be planned; all others are written, and it is tried again', async () => {
    world = setUp();
    world.change('d/a');
    world.reconciler.start();
    await vi.advanceTimersByTimeAsync(1);
    const plans = vi.spyOn(world.plans, 'get').mockImplementation(owner => {
      if (owner === 'd/b') throw new Error('no plan');
      return servicePlan(owner);
    });
    world.change('d/a', 'd/b', 'd/c');
    await vi.advanceTimersByTimeAsync(10);
    expect(world.failures).toEqual([]);
    expect(kernelOf(world.backend)).toEqual(['d/a', 'd/c']);
    expect(world.outcomes.at(-1)).toMatchObject({
      refused: [{ owner: 'd/b', family: 'ipv4', error: new Error('no plan') }],
      quarantined: 1,
    });
    plans.mockRestore();
    await vi.advanceTimersByTimeAsync(1000);
    expect(kernelOf(world.backend)).toEqual(['d/a', 'd/c', 'd/b']);
    expect(world.reconciler.quarantine.size).toBe(0);
  });

  it('takes changes that come while it retries', async () => {
    world = setUp();
    world.backend.failures = 1;
    world.change('d/a');
    world.reconciler.start();
    await vi.advanceTimersByTimeAsync(1);
    world.change('d/b');
    await vi.advanceTimersByTimeAsync(10);
    expect(kernelOf(world.backend)).toEqual(['d/a', 'd/b']);
    expect(world.outcomes.length).toBe(1);
    await vi.advanceTimersByTimeAsync(1000);
    expect(world.outcomes.length).toBe(1);
  });

  it('sets a refused Service aside, retries it ever more rarely, and at once when it changes', async () => {
    world = setUp();
    world.backend.bad.add('d/bad');
    world.change('d/good', 'd/bad');
    world.reconciler.start();
    await vi.advanceTimersByTimeAsync(1);
    expect(kernelOf(world.backend)).toEqual(['d/good']);
    expect(world.reconciler.quarantine.entries()).toMatchObject([{ owner: 'd/bad', family: 'ipv4', attempts: 1 }]);
    await vi.advanceTimersByTimeAsync(1100);
    expect(world.reconciler.quarantine.entries()).toMatchObject([{ attempts: 2 }]);
    await vi.advanceTimersByTimeAsync(1100);
    expect(world.reconciler.quarantine.entries()).toMatchObject([{ attempts: 2 }]);
    world.backend.bad.clear();
    world.change('d/bad');
    await vi.advanceTimersByTimeAsync(10);
    expect(kernelOf(world.backend)).toEqual(['d/good', 'd/bad']);
    expect(world.reconciler.quarantine.size).toBe(0);
    expect(world.outcomes.at(-1)?.quarantined).toBe(0);
  });

  it('lets a quarantined Service out when a retry succeeds', async () => {
    world = setUp();
    world.backend.bad.add('d/bad');
    world.change('d/bad');
    world.reconciler.start();
    await vi.advanceTimersByTimeAsync(1);
    world.backend.bad.clear();
    await vi.advanceTimersByTimeAsync(1100);
    expect(kernelOf(world.backend)).toEqual(['d/bad']);
    expect(world.outcomes.at(-1)?.reasons).toEqual(['quarantine']);
  });

  it("tries the node's own entries again, and goes on with the former ones meanwhile", async () => {
    world = setUp();
    const { backend, reconciler } = world;
    const entries = (serviceCIDR: string) => ({ podCIDRs: [], serviceCIDRs: [serviceCIDR], nodePortAddresses: [] });
    reconciler.setNode('ipv4', entries('10.96.0.0/16'));
    reconciler.start();
    await vi.advanceTimersByTimeAsync(1);
    backend.isNodeBad = true;
    reconciler.setNode('ipv4', entries('10.99.0.0/16'));
    world.change('d/a');
    await vi.advanceTimersByTimeAsync(10);
    expect(world.outcomes.at(-1)).toMatchObject({ services: 1, quarantined: 1 });
    expect(reconciler.quarantine.entries()).toMatchObject([{ owner: 'node', family: 'ipv4' }]);
    expect(reconciler.waiting).toBe(0);
    await vi.advanceTimersByTimeAsync(1100);
    expect(reconciler.quarantine.entries()).toMatchObject([{ attempts: 2 }]);
    expect(backend.nodeEntries.get('ipv4')).toEqual(entries('10.96.0.0/16'));
    backend.isNodeBad = false;
    await vi.advanceTimersByTimeAsync(2100);
    expect(backend.nodeEntries.get('ipv4')).toEqual(entries('10.99.0.0/16'));
    expect(reconciler.quarantine.size).toBe(0);
  });

  it('compares with the kernel from time to time and at once when asked; after a change by others, what they touched', async () => {
    world = setUp({ verifyMs: 10_000 });
    world.reconciler.start();
    await vi.advanceTimersByTimeAsync(1);
    world.reconciler.verifyNow('drift');
    await vi.advanceTimersByTimeAsync(1);
    expect(world.backend.calls).toEqual(['commit', 'repair']);
    world.reconciler.verifyNow();
    world.reconciler.verifyNow('drift');
    await vi.advanceTimersByTimeAsync(1);
    expect(world.backend.calls).toEqual(['commit', 'repair', 'resync']);
    await vi.advanceTimersByTimeAsync(11_100);
    expect(world.backend.calls).toEqual(['commit', 'repair', 'resync', 'resync']);
  });

  it('takes what waits along where it runs for another reason', async () => {
    world = setUp();
    world.reconciler.start();
    await vi.advanceTimersByTimeAsync(1);
    world.change('d/a');
    world.reconciler.setNode('ipv4', NO_ENTRIES);
    world.reconciler.verifyNow();
    await vi.advanceTimersByTimeAsync(1000);
    expect(kernelOf(world.backend)).toEqual(['d/a']);
    expect(world.backend.calls).toEqual(['commit', 'resync']);
  });

  it('tidies when it has been quiet for a while, and again while there is more', async () => {
    world = setUp();
    world.backend.isMoreToTidy = true;
    world.reconciler.start();
    await vi.advanceTimersByTimeAsync(29_000);
    expect(world.backend.calls).toEqual(['commit']);
    await vi.advanceTimersByTimeAsync(2000);
    world.backend.isMoreToTidy = false;
    await vi.advanceTimersByTimeAsync(120_000);
    expect(world.backend.calls).toEqual(['commit', 'tidy', 'tidy']);
  });

  it('tells each problem of an object once', async () => {
    world = setUp();
    const problem = { object: 'Service d/a', field: 'spec.externalIPs[0]', message: 'no address' };
    world.plans.set('d/a', { ...servicePlan('d/a'), problems: [problem] });
    world.reconciler.touch(['d/a']);
    world.reconciler.start();
    await vi.advanceTimersByTimeAsync(1);
    world.reconciler.touch(['d/a']);
    await vi.advanceTimersByTimeAsync(10);
    expect(world.problems).toEqual([problem]);
    expect(world.reconciler.status.problems()).toEqual([problem]);
    world.change('d/a');
    await vi.advanceTimersByTimeAsync(10);
    expect(world.reconciler.status.problems()).toEqual([]);
  });
});
