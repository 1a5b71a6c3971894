import * as fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeNft } from '../fakes/fake-nft.ts';
import { randomFaults, randomOf } from '../fakes/fake-nft-faults.ts';
import { clusterEvents, type ClusterEvent } from '../property/cluster-events.ts';
import { elementsOf, inconsistenciesOf } from '../property/kernel-content.ts';
import { endpointSlice, service, sliceEndpoint } from '../support/builders.ts';
import { giveTimeBack, LoopWorld, takeTime } from './loop-world.ts';
import { seeds } from './seeds.ts';

/** A Service that nothing ever happens to, and that shares nothing with others. */
const STEADY: readonly ClusterEvent[] = [
  { kind: 'set-service', object: service({ name: 'steady', clusterIPs: ['10.96.9.9', 'fd00:10:96::99'] }) },
  ...['10.244.9.9', 'fd00:10:244:9::9'].map((address): ClusterEvent => ({
    kind: 'set-slice',
    object: endpointSlice({ serviceName: 'steady', endpoints: [sliceEndpoint({ address, nodeName: 'node-b' })] }),
  })),
];
const STEADY_KEYS = [
  'ip services 10.96.9.9 . tcp . 80',
  'ip6 services fd00:10:96::99 . tcp . 80',
  'ip cluster-ips 10.96.9.9',
  'ip pod-cidrs 10.244.0.0/16',
];

describe('an nft that fails half of the time', () => {
  afterEach(giveTimeBack);

  it.each(seeds(10))('gets everything into the kernel all the same (FAULT_SEED=%i)', async seed => {
    const random = randomOf(seed);
    takeTime(random);
    let rate = 0;
    const nft = new FakeNft(undefined, {
      faults: randomFaults(random, () => rate),
      latencyMs: () => Math.floor(random() * 20),
    });
    const world = new LoopWorld(nft, STEADY);
    await world.pass(1000);
    expect(STEADY_KEYS.filter(key => !world.elements.has(key))).toEqual([]);
    const wrong: string[] = [];
    nft.kernel.observers.add((_, after) => {
      const elements = elementsOf(after);
      wrong.push(...inconsistenciesOf(elements), ...STEADY_KEYS.filter(key => !elements.has(key)));
    });

    rate = 0.5;
    for (const event of fc.sample(clusterEvents, { seed, numRuns: 60 })) {
      world.take(event);
      await world.pass(Math.floor(random() * random() * 40_000));
    }
    expect(nft.failures().length + nft.failures('list').length).toBeGreaterThan(5);
    expect(await world.converge(), 'converged').toBe(true);
    expect(wrong).toEqual([]);

    // What was read or written wrong meanwhile would show now.
    rate = 0;
    const before = world.outcomes.length;
    world.reconciler.verifyNow();
    // Longer than a call that hangs.
    await world.pass(150_000);
    expect(world.outcomes.length).toBeGreaterThan(before);
    expect(world.outcomes.findLast(({ verified }) => verified)).toMatchObject({
      added: 0,
      deleted: 0,
      refused: [],
      quarantined: 0,
    });
    expect(world.elements).toEqual(world.expected);
    await world.stop();
    nft.close();
  });

  it.each(seeds(8))('and over restarts, with all services new to each process (FAULT_SEED=%i)', async seed => {
    const random = randomOf(seed);
    takeTime(random);
    const nft = new FakeNft(undefined, { faults: randomFaults(random, () => 0.5), latencyMs: () => 5 });
    const events = fc.sample(clusterEvents, { seed, numRuns: 60 });
    const history: ClusterEvent[] = [];
    let hasConverged = false;
    for (let i = 0; i < events.length; i += 20) {
      const world = new LoopWorld(nft, history);
      for (const event of events.slice(i, i + 20)) {
        world.take(event);
        history.push(event);
        await world.pass(Math.floor(random() * 10_000));
      }
      if (i + 20 >= events.length) hasConverged = await world.converge();
      await world.stop();
    }
    expect(hasConverged).toBe(true);
    nft.close();
  });
});
