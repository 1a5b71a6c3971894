import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { compileService } from '../../src/backend/nftables/compile.ts';
import { claimOf } from '../../src/backend/nftables/diff.ts';
import type { ContainerName } from '../../src/backend/nftables/schema.ts';
import { FAMILIES, type Family } from '../../src/model/ip.ts';
import { planService } from '../../src/plan/service-plan.ts';
import { FakeNft } from '../fakes/fake-nft.ts';
import { viewOf, type Affinity } from './backend-world.ts';
import { clusterEvents, clusterStateOf, type ClusterEvent, type ClusterState } from './cluster-events.ts';
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

/** Who wants a virtual server, the oldest first, with its elements. */
interface Claimant {
  readonly owner: string;
  readonly seniority: string;
  readonly elements: Elements;
}

const prefixOf = (family: Family): string => (family === 'ipv4' ? 'ip' : 'ip6');

/** The claimants of each virtual server: `ip 10.96.0.10 . tcp . 80`. */
function claimantsIn({ services, slices, node }: ClusterState): Map<string, Claimant[]> {
  const claims = new Map<string, Claimant[]>();
  for (const [key, service] of services) {
    const own = [...slices.values()].filter(slice => `${slice.namespace}/${slice.serviceName}` === key);
    for (const family of FAMILIES) {
      const plan = planService({ service, slices: own }, family, viewOf(node));
      if (!plan) continue;
      for (const { id, entries } of compileService(plan, { affinity: AFFINITY[family] }).claims) {
        const claim = `${prefixOf(family)} ${id}`;
        const elements = new Map(
          entries.map(one => [`${prefixOf(family)} ${one.container} ${one.key}`, one.value] as const),
        );
        const known = claims.get(claim) ?? [];
        const owner = `${family} ${key}`;
        if (known.every(one => one.owner !== owner)) known.push({ owner, seniority: plan.seniority, elements });
        claims.set(
          claim,
          known.toSorted((a, b) => (a.seniority < b.seniority ? -1 : 1)),
        );
      }
    }
  }
  return claims;
}

/** The elements of each virtual server. */
function byClaim(elements: Elements): Map<string, Elements> {
  const claims = new Map<string, Map<string, string>>();
  for (const [id, value] of elements) {
    const [ip, container = '', ...key] = id.split(' ');
    const claim = claimOf(container as ContainerName, key.join(' '));
    if (!claim) continue;
    const own = claims.get(`${ip} ${claim}`) ?? new Map<string, string>();
    claims.set(`${ip} ${claim}`, own.set(id, value));
  }
  return claims;
}

const NOTHING: Elements = new Map();

/** What a kernel must have after each commit, whatever it refuses. */
class Judge {
  /** Refused, and not tried anew since. */
  readonly aside = new Set<string>();
  /** Claims that Services have ever wanted, and which. */
  readonly #everWanted = new Map<string, Set<string>>();
  /** Whose a virtual server is in the kernel; undefined: not known. */
  #owners = new Map<string, string | undefined>();
  /** The process has been told since its start what the kernel has. */
  #knowsAll = false;

  /** @param staged the Services that are tried anew because of it */
  take(event: ClusterEvent, staged: readonly string[]): void {
    for (const family of FAMILIES) for (const owner of staged) this.aside.delete(`${family} ${owner}`);
    if (event.kind === 'node') {
      for (const family of FAMILIES) this.aside.delete(`${family} node`);
      return;
    }
    const { services, slices, node } = clusterStateOf([event]);
    for (const [claim, claimants] of claimantsIn({ services, slices, node })) {
      const wanted = this.#everWanted.get(claim) ?? new Set();
      for (const { owner } of claimants) this.#everWanted.set(claim, wanted.add(owner));
    }
  }

  /** Another process tries everything anew. */
  restarted(): void {
    this.aside.clear();
    this.#knowsAll = false;
    this.#owners = new Map();
  }

  /** @param refused now */
  judge(state: ClusterState, before: Elements, after: Elements, refused: ReadonlySet<string>): void {
    const [had, has] = [byClaim(before), byClaim(after)];
    const wanted = claimantsIn(state);
    const owners = new Map<string, string | undefined>();
    for (const [claim, claimants] of wanted) {
      const owner = this.#ownerOf(claim, claimants);
      owners.set(claim, owner);
      const is = has.get(claim) ?? NOTHING;
      const its = claimants.find(one => one.owner === owner);
      if (its && !this.aside.has(its.owner)) expect(is, `${claim} of ${owner}`).toEqual(its.elements);
      const isContested = claimants.length > 1 || (this.#everWanted.get(claim)?.size ?? 0) > 1;
      const was = had.get(claim);
      if (isContested || !was || !this.aside.has(claimants[0]!.owner)) continue;
      expect([was, claimants[0]!.elements], `${claim} of ${claimants[0]!.owner}, refused`).toContainEqual(is);
      expect(hairpinsOf(is).filter(id => before.has(id) && !after.has(id))).toEqual([]);
    }
    this.#owners = owners;
    if (this.#knowsAll) this.#judgeLeftovers(wanted, had, has, refused);
    this.#knowsAll = true;
    this.#judgeShared(state, before, after);
  }

  /** What a refused one does not want any more and nobody else ever did. One that just lost something to another had given that up before. */
  #judgeLeftovers(
    wanted: ReadonlyMap<string, readonly Claimant[]>,
    had: ReadonlyMap<string, Elements>,
    has: ReadonlyMap<string, Elements>,
    refused: ReadonlySet<string>,
  ): void {
    const rivals = new Set(
      [...wanted.values()].filter(({ length }) => length > 1).flatMap(all => all.map(one => one.owner)),
    );
    for (const [claim, was] of had) {
      const [owner = '', ...others] = this.#everWanted.get(claim) ?? [];
      if (wanted.has(claim) || others.length || rivals.has(owner) || !refused.has(owner)) continue;
      expect(has.get(claim), `${claim} of ${owner}, refused`).toEqual(was);
    }
  }

  /** A refused one has what it had, unless another one has that: it leaves that where it is. */
  #ownerOf(claim: string, claimants: readonly Claimant[]): string | undefined {
    const [first] = claimants;
    if (!first || !this.aside.has(first.owner)) return first?.owner;
    const last = this.#owners.get(claim);
    const isHealthy = (one: Claimant): boolean => !this.aside.has(one.owner);
    return claimants.find(isHealthy)?.owner === last || first.owner === last ? last : undefined;
  }

  #judgeShared(state: ClusterState, before: Elements, after: Elements): void {
    const healthy = new Map([...state.services].filter(([key]) => FAMILIES.every(f => !this.aside.has(`${f} ${key}`))));
    const expected = [...expectedElements({ ...state, services: healthy }, AFFINITY).keys()];
    const isShared = (id: string): boolean => / (?:cluster-ips|hairpin) /.test(id);
    expect(expected.filter(id => isShared(id) && !after.has(id))).toEqual([]);
    const isNodes = (id: string): boolean => / (?:pod-cidrs|service-cidrs|nodeport-ips) /.test(id);
    for (const family of FAMILIES) {
      const own = (ids: Iterable<string>): string[] =>
        [...ids].filter(id => isNodes(id) && id.startsWith(`${prefixOf(family)} `)).toSorted();
      expect(own(after.keys())).toEqual(own(this.aside.has(`${family} node`) ? before.keys() : expected));
    }
  }
}

/** The entries by which the real servers in these elements reach themselves, where they are local. */
const hairpinsOf = (elements: Elements): string[] =>
  [...elements].flatMap(([id, server]) => {
    const match = /^(ip6?) (?:nodeport-)?endpoints-(\w+) /.exec(id);
    const [address, port] = server.split(' . ');
    return match ? [`${match[1]} hairpin ${address} . ${address} . ${match[2]} . ${port}`] : [];
  });

it('a kernel that refuses some addresses for a time has all at the end; on the way nobody loses what is his', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async history => {
      using world = new WatchedWorld(AFFINITY, new FakeNft());
      const { refuses, observers } = world.nft.kernel;
      let states: Tables[] = [];
      observers.add((_, after) => states.push(after));
      const taken: ClusterEvent[] = [];
      const judge = new Judge();
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
