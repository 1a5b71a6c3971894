import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { FakeNft } from '../fakes/fake-nft.ts';
import type { Affinity } from './backend-world.ts';
import { clusterEvents, clusterStateOf, type ClusterEvent } from './cluster-events.ts';
import { runs } from './effort.ts';
import { chainsOf, elementsOf, expectedElements, gapsIn, inconsistenciesOf, type Tables } from './kernel-content.ts';
import { RefusalJudge } from './refusal-judge.ts';
import { loadedAtOnce, WatchedWorld } from './watched-world.ts';

const AFFINITY: Affinity = { ipv4: 'learnt', ipv6: 'hashed' };

/** Addresses that Services of the histories have in common, and some that few have. */
const ADDRESSES = [
  '10.96.0.10',
  '10.96.0.21',
  '203.0.113.20',
  '10.244.1.10',
  '10.244.2.11',
  'fd00:10:96::10',
  '2001:db8:5::30',
  '192.168.100.7',
  '10.97.0.0/16',
];

type Step =
  | { readonly does: 'take'; readonly event: ClusterEvent }
  | { readonly does: 'commit' | 'resync' | 'retry' | 'restart' }
  | { readonly does: 'refuse' | 'accept'; readonly address: string };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: clusterEvents.map((event): Step => ({ does: 'take', event })) },
    {
      weight: 3,
      arbitrary: fc
        .constantFrom('commit', 'commit', 'commit', 'resync', 'retry', 'restart')
        .map((does): Step => ({ does })),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        does: fc.constantFrom('refuse', 'refuse', 'accept'),
        address: fc.constantFrom(...ADDRESSES),
      }),
    },
  ),
  { maxLength: 40, size: 'max' },
);

it('a kernel that refuses some addresses for a time has all at the end; on the way nobody loses what is his', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async history => {
      using world = new WatchedWorld(AFFINITY, new FakeNft());
      const { refuses, observers } = world.nft.kernel;
      let states: Tables[] = [];
      observers.add((_, after) => states.push(after));
      const taken: ClusterEvent[] = [];
      const judge = new RefusalJudge(AFFINITY);
      let isAllTold = false;
      for (const step of history) {
        if (step.does === 'refuse') refuses.add(step.address);
        else if (step.does === 'accept') refuses.delete(step.address);
        else if (step.does === 'restart') {
          world.restart();
          judge.restarted();
          isAllTold = false;
        } else if (step.does === 'take') {
          taken.push(step.event);
          judge.take(step.event, world.take(step.event));
          isAllTold = false;
        } else {
          if (step.does === 'retry') world.repeat();
          const before = world.tables;
          states = [];
          const result = await (step.does === 'resync' ? world.backend.resync() : world.backend.commit());
          const { refused } = result;
          if (refused.length) expect(refuses.size).toBeGreaterThan(0);
          for (const state of states) expect(inconsistenciesOf(elementsOf(state))).toEqual([]);
          expect(gapsIn([before, ...states])).toEqual([]);
          if (step.does === 'retry') judge.aside.clear();
          const now = new Set(refused.map(({ family, owner }) => `${family} ${owner}`));
          for (const owner of now) judge.aside.add(owner);
          judge.judge(clusterStateOf(taken), elementsOf(before), elementsOf(world.tables), now);
          // What is set aside is as it is known to be: there is nothing to find.
          if (isAllTold && step.does === 'resync')
            expect(result).toMatchObject({ transactions: 0, refused: [], drifted: new Map() });
          isAllTold = step.does !== 'retry';
        }
      }
      refuses.clear();
      world.repeat();
      expect(await world.backend.commit()).toMatchObject({ refused: [] });
      expect(elementsOf(world.tables)).toEqual(expectedElements(clusterStateOf(taken), AFFINITY));
      while (await world.backend.tidy());
      expect(chainsOf(world.tables)).toEqual(chainsOf(await loadedAtOnce(taken, AFFINITY)));
      await world.expectNothingToDo();
    }),
    runs(150),
  );
});
