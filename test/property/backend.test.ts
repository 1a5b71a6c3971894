import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { FakeNft } from '../fakes/fake-nft.ts';
import type { Affinity } from './backend-world.ts';
import { clusterEvents, clusterStateOf, subjectOf, type ClusterEvent } from './cluster-events.ts';
import { runs } from './effort.ts';
import { chainsOf, elementsOf, expectedElements } from './kernel-content.ts';
import { loadedAtOnce, WatchedWorld, type Step } from './watched-world.ts';

const affinities: fc.Arbitrary<Affinity> = fc.constantFrom(
  { ipv4: 'learnt', ipv6: 'learnt' },
  { ipv4: 'learnt', ipv6: 'hashed' },
);
const histories = fc.array(clusterEvents, { maxLength: 30, size: 'max' });
const taking = clusterEvents.map((event): Step => ({ does: 'take', event }));
const doing = fc
  .constantFrom('commit', 'commit', 'commit', 'resync', 'repeat', 'tidy', 'restart')
  .map((does): Step => ({ does }));
const steps = fc.array(fc.oneof({ weight: 3, arbitrary: taking }, { weight: 1, arbitrary: doing }), {
  maxLength: 40,
  size: 'max',
});

const takenIn = (history: readonly Step[]): ClusterEvent[] =>
  history.flatMap(step => (step.does === 'take' ? [step.event] : []));

it('any history, step by step, leaves what its end is at once; nothing fails and nothing is away on the way', async () => {
  await fc.assert(
    fc.asyncProperty(steps, affinities, async (history, affinity) => {
      using world = new WatchedWorld(affinity, new FakeNft());
      for (const step of history) await world.do(step);
      await world.do({ does: 'commit' });
      const expected = expectedElements(clusterStateOf(takenIn(history)), affinity);
      expect(elementsOf(world.tables)).toEqual(expected);
      expect(world.backend.expectedElements('ipv4') + world.backend.expectedElements('ipv6')).toBe(expected.size);
      await world.do({ does: 'tidy' });
      const tables = await loadedAtOnce(takenIn(history), affinity);
      expect(elementsOf(world.tables)).toEqual(elementsOf(tables));
      expect(chainsOf(world.tables)).toEqual(chainsOf(tables));
    }),
    runs(150),
  );
});

it('what has been written is not written again: by a second comparison, or by the next process', async () => {
  await fc.assert(
    fc.asyncProperty(histories, affinities, async (history, affinity) => {
      using world = new WatchedWorld(affinity, new FakeNft());
      for (const event of history) await world.do({ does: 'take', event });
      await world.do({ does: 'commit' });
      const before = world.tables;
      await world.expectNothingToDo();
      world.repeat();
      await world.expectNothingToDo();
      world.restart();
      await world.expectNothingToDo();
      expect(world.tables).toBe(before);
    }),
    runs(60),
  );
});

it('the order of events does not matter, but for that of events of one object', async () => {
  const order = fc.array(fc.nat(), { minLength: 30, maxLength: 30 });
  const commits = fc.array(fc.boolean(), { minLength: 30, maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(histories, order, commits, affinities, async (history, choices, isCommit, affinity) => {
      const contents = [];
      for (const events of [history, interleaved(history, choices)]) {
        using world = new WatchedWorld(affinity, new FakeNft());
        for (const [i, event] of events.entries()) {
          await world.do({ does: 'take', event });
          if (isCommit[i]) await world.do({ does: 'commit' });
        }
        await world.do({ does: 'tidy' });
        contents.push({ elements: elementsOf(world.tables), chains: chainsOf(world.tables) });
      }
      expect(contents[1]).toEqual(contents[0]);
    }),
    runs(100),
  );
});

/** The same events in another order; those of one object stay in theirs. */
function interleaved(history: readonly ClusterEvent[], choices: readonly number[]): ClusterEvent[] {
  const queues = [...Map.groupBy(history, subjectOf).values()];
  return history.map((_, i) => {
    const waiting = queues.filter(queue => queue.length);
    return waiting[(choices[i] ?? 0) % waiting.length]!.shift()!;
  });
}
