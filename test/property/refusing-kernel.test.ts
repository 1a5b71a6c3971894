import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { objectKey } from '../../src/model/object-key.ts';
import { FakeNft } from '../fakes/fake-nft.ts';
import type { Affinity } from './backend-world.ts';
import { clusterEvents, clusterStateOf, type ClusterEvent } from './cluster-events.ts';
import { runs } from './effort.ts';
import {
  chainsOf,
  elementsOf,
  expectedElements,
  gapsIn,
  inconsistenciesOf,
  type Elements,
  type Tables,
} from './kernel-content.ts';
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

/** `ip 10.96.0.10 . tcp . 80`: what answers, however it does. */
const vipsIn = (elements: Elements): Set<string> =>
  new Set([...elements.keys()].filter(id => VIP.test(id)).map(id => id.replace(/ \S+/, '')));
const VIP = /^ip6? (?:services|nodeports|unavailable|unavailable-nodeports) /;

/** The VIPs that no two Services ever want. */
function uncontestedIn(taken: readonly ClusterEvent[]): Set<string> {
  const owners = new Map<string, Set<string>>();
  for (const event of taken) {
    if (event.kind !== 'set-service') continue;
    const state = { ...clusterStateOf([]), services: new Map([[objectKey(event.object), event.object]]) };
    for (const vip of vipsIn(expectedElements(state, AFFINITY)))
      owners.set(vip, (owners.get(vip) ?? new Set()).add(objectKey(event.object)));
  }
  return new Set([...owners].filter(([, { size }]) => size === 1).map(([vip]) => vip));
}

it('a kernel that refuses some addresses for a time has all at the end; no VIP that it had is lost on the way', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async history => {
      using world = new WatchedWorld(AFFINITY, new FakeNft());
      const { refuses, observers } = world.nft.kernel;
      let states: Tables[] = [];
      observers.add((_, after) => states.push(after));
      const taken: ClusterEvent[] = [];
      let hasRestarted = false;
      for (const step of history) {
        if (step.does === 'refuse') refuses.add(step.address);
        else if (step.does === 'accept') refuses.delete(step.address);
        else if (step.does === 'restart') {
          world.restart();
          // A new process does not know what a Service had that it may not have now.
          hasRestarted = true;
        } else if (step.does === 'take') {
          world.take(step.event);
          taken.push(step.event);
        } else {
          if (step.does === 'retry') world.repeat();
          const before = world.tables;
          states = [];
          const { refused } = await (step.does === 'resync' ? world.backend.resync() : world.backend.commit());
          if (refused.length) expect(refuses.size).toBeGreaterThan(0);
          for (const state of states) expect(inconsistenciesOf(elementsOf(state))).toEqual([]);
          expect(gapsIn([before, ...states])).toEqual([]);
          const wanted = vipsIn(expectedElements(clusterStateOf(taken), AFFINITY));
          const uncontested = uncontestedIn(taken);
          const stays = [...vipsIn(elementsOf(before))].filter(vip => wanted.has(vip) && uncontested.has(vip));
          const has = vipsIn(elementsOf(world.tables));
          if (!hasRestarted) expect(stays.filter(vip => !has.has(vip))).toEqual([]);
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
