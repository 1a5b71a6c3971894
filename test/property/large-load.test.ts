import { expect, it } from 'vitest';
import type { Service } from '../../src/kube/types.ts';
import { endpointSlice, service, sliceEndpoint } from '../support/builders.ts';
import { clusterStateOf, type ClusterEvent } from './cluster-events.ts';
import { FakeNft } from '../fakes/fake-nft.ts';
import type { Affinity } from './backend-world.ts';
import { elementsOf, expectedElements } from './kernel-content.ts';
import { WatchedWorld } from './watched-world.ts';

const AFFINITY: Affinity = { ipv4: 'learnt', ipv6: 'learnt' };
const COUNT = 3000;
/** src/backend/nftables/element-writer.ts */
const LARGEST_TRANSACTION = 10_000;

const nameOf = (i: number): string => `s-${String(i).padStart(5, '0')}`;
const addressOf = (net: string, i: number): string => `${net}.${i >> 8}.${i & 255}`;

const numbered = (i: number): Service => service({ name: nameOf(i), clusterIP: addressOf('10.96', i) });

/** One real server is for zone-a, three are for zone-b. */
const slice = (i: number): ClusterEvent => ({
  kind: 'set-slice',
  object: endpointSlice({
    name: nameOf(i),
    serviceName: nameOf(i),
    endpoints: ['zone-a', 'zone-b', 'zone-b', 'zone-b'].map((zone, k) =>
      sliceEndpoint({ address: addressOf(`10.24${k}`, i), nodeName: k ? 'node-b' : 'node-a', zoneHints: [zone] }),
    ),
  }),
});

/** Transactions of elements since a call. */
const transactionsOf = ({ nft }: WatchedWorld, from: number): number =>
  nft.calls.slice(from).filter(({ what, text }) => what === 'apply' && text.startsWith('{')).length;

it('a load or a change too large for one transaction goes in several, each of which leaves whole Services', async () => {
  using world = new WatchedWorld(AFFINITY, new FakeNft());
  const events: ClusterEvent[] = [];
  for (let i = 0; i < COUNT; i += 1) events.push(slice(i), { kind: 'set-service', object: numbered(i) });
  for (const event of events) world.take(event);
  await world.do({ does: 'commit' });
  expect(elementsOf(world.tables)).toEqual(expectedElements(clusterStateOf(events), AFFINITY));
  expect(elementsOf(world.tables).size).toBeGreaterThan(LARGEST_TRANSACTION);
  expect(transactionsOf(world, 0)).toBeGreaterThan(1);

  // Every Service changes at once.
  for (const zone of ['zone-b', 'zone-a']) {
    const before = world.nft.calls.length;
    const change: ClusterEvent = { kind: 'node', change: { zone } };
    events.push(change);
    world.take(change);
    await world.do({ does: 'commit' });
    expect(elementsOf(world.tables)).toEqual(expectedElements(clusterStateOf(events), AFFINITY));
    expect(transactionsOf(world, before)).toBeGreaterThan(1);
  }
  await world.expectNothingToDo();
}, 30_000);
