import * as fc from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import { FakeNft } from '../fakes/fake-nft.ts';
import { randomOf } from '../fakes/fake-nft-faults.ts';
import { clusterEvents } from '../property/cluster-events.ts';
import { chainsOf, elementsOf, inconsistenciesOf } from '../property/kernel-content.ts';
import { loadedAtOnce } from '../property/watched-world.ts';
import { AFFINITY, giveTimeBack, LoopWorld, takeTime } from './loop-world.ts';
import { seeds } from './seeds.ts';

afterEach(giveTimeBack);

it.each(seeds(12))(
  'what happens while a slow nft is at work is not lost, and nothing fails (FAULT_SEED=%i)',
  async seed => {
    const random = randomOf(seed);
    takeTime(random);
    const nft = new FakeNft(undefined, { latencyMs: () => Math.floor(random() * 300) });
    const wrong: string[] = [];
    nft.kernel.observers.add((_, after) => wrong.push(...inconsistenciesOf(elementsOf(after))));
    const world = new LoopWorld(nft);
    for (const event of fc.sample(clusterEvents, { seed, numRuns: 80 })) {
      world.take(event);
      await world.pass(Math.floor(random() * random() * 300));
      if (random() < 0.1) world.reconciler.verifyNow();
    }
    // Long before a comparison would find what was forgotten, and before anything is tidied.
    await world.pass(10_000);
    expect(world.elements).toEqual(world.expected);
    expect(wrong).toEqual([]);
    expect(nft.failures()).toEqual([]);
    expect(world.failures).toEqual([]);
    expect(world.outcomes.filter(({ drifted }) => drifted.size)).toEqual([]);
    await world.pass(120_000);
    expect(chainsOf(nft.kernel.tables)).toEqual(chainsOf(await loadedAtOnce(world.history, AFFINITY)));
    await world.stop();
    nft.close();
  },
);
