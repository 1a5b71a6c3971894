import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ForeignCommit } from '../../src/backend/nftables/touched-parts.ts';
import { FakeNft } from '../fakes/fake-nft.ts';
import type { Affinity } from './backend-world.ts';
import { clusterEvents, clusterStateOf } from './cluster-events.ts';
import { damages, disturb, type Damage } from './damages.ts';
import { runs } from './effort.ts';
import { commitOf } from './foreign-commits.ts';
import { chainsOf, elementsOf, expectedElements } from './kernel-content.ts';
import { loadedAtOnce, WatchedWorld } from './watched-world.ts';

const AFFINITY: Affinity = { ipv4: 'learnt', ipv6: 'hashed' };

const rounds = fc.record({
  before: fc.array(damages, { maxLength: 2 }),
  /** Right before that call of nft. */
  during: fc.array(fc.record({ call: fc.integer({ min: 1, max: 6 }), damage: damages }), { maxLength: 2 }),
  events: fc.array(clusterEvents, { maxLength: 2 }),
  /** How much of what waits is told before the backend does something. */
  told: fc.nat(4),
  lacksElements: fc.boolean(),
  how: fc.constantFrom('commit', 'repair', 'repair', 'resync'),
  /** Every third call of nft does nothing. */
  fails: fc.boolean(),
});

it('disturbed at any time, and told late, it is right when all has been told and repaired', async () => {
  let [narrow, whole] = [0, 0];
  await fc.assert(
    fc.asyncProperty(
      fc.array(clusterEvents, { minLength: 5, maxLength: 25, size: 'max' }),
      fc.array(rounds, { minLength: 1, maxLength: 8 }),
      async (history, done) => {
        const untold: ForeignCommit[] = [];
        const damage = (one: Damage, lacksElements = false): void => {
          const before = world.tables;
          disturb(world, one);
          const commit = commitOf(before, world.tables, lacksElements);
          if (commit.changes.length) untold.push(commit);
        };
        let round: (typeof done)[number] | undefined;
        let calls = 0;
        const faults = () => {
          calls += 1;
          for (const one of round?.during ?? []) if (one.call === calls) damage(one.damage);
          return round?.fails && calls % 3 === 0 ? ({ does: 'fail' } as const) : undefined;
        };
        using world = new WatchedWorld(AFFINITY, new FakeNft(undefined, { faults }));
        for (const event of history) world.take(event);
        await world.do({ does: 'commit' });
        const events = [...history];
        for (const one of done) {
          for (const other of one.before) damage(other, one.lacksElements);
          for (const event of one.events) world.take(event);
          events.push(...one.events);
          for (const commit of untold.splice(0, one.told)) world.touched.note(commit);
          [round, calls] = [one, 0];
          await world.backend[one.how]().catch(() => undefined);
          round = undefined;
        }
        for (const commit of untold) world.touched.note(commit);
        const { verified } = await world.backend.repair();
        if (verified) whole += 1;
        else narrow += 1;
        // What was refused meanwhile is tried again.
        world.repeat();
        expect((await world.backend.commit()).refused).toEqual([]);
        expect(elementsOf(world.tables)).toEqual(expectedElements(clusterStateOf(events), AFFINITY));
        while (await world.backend.tidy());
        expect(chainsOf(world.tables)).toEqual(chainsOf(await loadedAtOnce(events, AFFINITY)));
        await world.expectNothingToDo();
      },
    ),
    runs(100),
  );
  expect(narrow).toBeGreaterThan(0);
  expect(whole).toBeGreaterThan(0);
});
