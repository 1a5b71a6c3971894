import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { FakeNft } from '../fakes/fake-nft.ts';
import type { Affinity } from './backend-world.ts';
import { clusterEvents, clusterStateOf } from './cluster-events.ts';
import { damages, disturb } from './damages.ts';
import { runs } from './effort.ts';
import { commitOf } from './foreign-commits.ts';
import { chainsOf, elementsOf, expectedElements, inconsistenciesOf } from './kernel-content.ts';
import { loadedAtOnce, WatchedWorld } from './watched-world.ts';

const AFFINITY: Affinity = { ipv4: 'learnt', ipv6: 'hashed' };
const histories = fc.array(clusterEvents, { minLength: 5, maxLength: 25, size: 'max' });

it('whatever somebody else does to the tables, a comparison puts it right, and tells if there was anything', async () => {
  await fc.assert(
    fc.asyncProperty(histories, fc.array(damages, { minLength: 1, maxLength: 4 }), async (history, done) => {
      using world = new WatchedWorld(AFFINITY, new FakeNft());
      for (const event of history) world.take(event);
      await world.do({ does: 'commit' });
      const before = { elements: elementsOf(world.tables), chains: chainsOf(world.tables) };
      for (const damage of done) disturb(world, damage);
      const isSame = sameMap(before.elements, elementsOf(world.tables));
      const result = await world.backend.resync();
      expect(result.refused).toEqual([]);
      if (!isSame) expect([...result.drifted.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0);
      expect(elementsOf(world.tables)).toEqual(before.elements);
      expect(chainsOf(world.tables)).toEqual(before.chains);
      expect(world.nft.failures()).toEqual([]);
      await world.expectNothingToDo();
    }),
    runs(100),
  );
});

const sameMap = (a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean =>
  a.size === b.size && [...a].every(([key, value]) => b.get(key) === value);

it('disturbed between changes and never compared, it is right after the next comparison all the same', async () => {
  const steps = fc.array(fc.tuple(clusterEvents, fc.option(damages, { freq: 3 })), {
    minLength: 3,
    maxLength: 20,
    size: 'max',
  });
  await fc.assert(
    fc.asyncProperty(steps, async history => {
      using world = new WatchedWorld(AFFINITY, new FakeNft());
      for (const [event, damage] of history) {
        world.take(event);
        await world.backend.commit();
        if (damage) disturb(world, damage);
      }
      await world.backend.resync();
      const events = history.map(([event]) => event);
      expect(elementsOf(world.tables)).toEqual(expectedElements(clusterStateOf(events), AFFINITY));
      expect(inconsistenciesOf(elementsOf(world.tables))).toEqual([]);
      while (await world.backend.tidy());
      expect(chainsOf(world.tables)).toEqual(chainsOf(await loadedAtOnce(events, AFFINITY)));
      await world.expectNothingToDo();
    }),
    runs(100),
  );
});

it('told what others did, a repair leaves what a comparison leaves, whatever is changed meanwhile', async () => {
  const damage = fc.record({ damage: damages, lacksElements: fc.boolean() });
  const rounds = fc.array(
    fc.tuple(fc.array(damage, { minLength: 1, maxLength: 3 }), fc.array(clusterEvents, { maxLength: 2 })),
    {
      minLength: 1,
      maxLength: 4,
    },
  );
  let narrow = 0;
  await fc.assert(
    fc.asyncProperty(histories, rounds, async (history, done) => {
      using world = new WatchedWorld(AFFINITY, new FakeNft());
      for (const event of history) world.take(event);
      await world.do({ does: 'commit' });
      const events = [...history];
      for (const [damagesOfRound, eventsOfRound] of done) {
        for (const { damage, lacksElements } of damagesOfRound) {
          const before = world.tables;
          disturb(world, damage);
          world.touched.note(commitOf(before, world.tables, lacksElements));
        }
        for (const event of eventsOfRound) world.take(event);
        events.push(...eventsOfRound);
        const { refused, verified } = await world.backend.repair();
        expect(refused).toEqual([]);
        if (!verified) narrow += 1;
        expect(elementsOf(world.tables)).toEqual(expectedElements(clusterStateOf(events), AFFINITY));
      }
      while (await world.backend.tidy());
      expect(chainsOf(world.tables)).toEqual(chainsOf(await loadedAtOnce(events, AFFINITY)));
      await world.expectNothingToDo();
    }),
    runs(100),
  );
  expect(narrow).toBeGreaterThan(0);
});

it('told of elements and rules alone, a repair of a kernel that is left alone otherwise neither lists a table nor fails', async () => {
  const kinds = new Set(['delete-element', 'change-value', 'add-element', 'flush-chain', 'add-rule']);
  const small = damages.filter(({ kind }) => kinds.has(kind));
  await fc.assert(
    fc.asyncProperty(
      histories,
      fc.array(small, { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      async (history, done, lacks) => {
        using world = new WatchedWorld(AFFINITY, new FakeNft());
        for (const event of history) world.take(event);
        await world.do({ does: 'commit' });
        const [elements, chains] = [elementsOf(world.tables), chainsOf(world.tables)];
        for (const one of done) {
          const before = world.tables;
          disturb(world, one);
          world.touched.note(commitOf(before, world.tables, lacks));
        }
        const drift = [...elementsOf(world.tables)].filter(([key, value]) => elements.get(key) !== value);
        const result = await world.backend.repair();
        expect(result).toMatchObject({ refused: [], verified: false });
        if (drift.length) expect(result.drifted.size).toBeGreaterThan(0);
        expect(elementsOf(world.tables)).toEqual(elements);
        expect(chainsOf(world.tables)).toEqual(chains);
        expect([...world.nft.failures(), ...world.complaints]).toEqual([]);
      },
    ),
    runs(100),
  );
});
