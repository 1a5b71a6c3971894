// What a kernel must have after each commit, whatever it refuses of it: nobody loses what is his.

import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import { compileService } from '../../src/backend/nftables/compile.ts';
import { claimOf } from '../../src/backend/nftables/diff.ts';
import type { ContainerName } from '../../src/backend/nftables/schema.ts';
import { FAMILIES, type Family } from '../../src/model/ip.ts';
import { planService } from '../../src/plan/service-plan.ts';
import { NODE_NAME } from '../support/addresses.ts';
import { viewOf, type Affinity } from './backend-world.ts';
import { clusterStateOf, type ClusterEvent, type ClusterState } from './cluster-events.ts';
import { expectedElements, type Elements } from './kernel-content.ts';

/** Who wants a virtual server, the oldest first, with its elements. */
interface Claimant {
  readonly owner: string;
  readonly seniority: string;
  readonly elements: Elements;
}

const prefixOf = (family: Family): string => (family === 'ipv4' ? 'ip' : 'ip6');

/** The claimants of each virtual server: `ip 10.96.0.10 . tcp . 80`. */
function claimantsIn({ services, slices, node }: ClusterState, by: Affinity): Map<string, Claimant[]> {
  const claims = new Map<string, Claimant[]>();
  for (const [key, service] of services) {
    const own = [...slices.values()].filter(slice => `${slice.namespace}/${slice.serviceName}` === key);
    for (const family of FAMILIES) {
      const plan = planService({ service, slices: own }, family, viewOf(node));
      if (!plan) continue;
      for (const { id, entries } of compileService(plan, { affinity: by[family] }).claims) {
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
export class RefusalJudge {
  readonly #affinity: Affinity;
  /** Refused, and not tried anew since. */
  readonly aside = new Set<string>();
  /** Claims that Services have ever wanted, and which. */
  readonly #everWanted = new Map<string, Set<string>>();
  /** The nodes that endpoints were told to be on, by address: slices of a history may contradict each other. */
  readonly #nodes = new Map<string, Set<string | undefined>>();
  /** Whose a virtual server is in the kernel; undefined: not known. */
  #owners = new Map<string, string | undefined>();
  /** The process has been told since its start what the kernel has. */
  #knowsAll = false;

  constructor(affinity: Affinity) {
    this.#affinity = affinity;
  }

  /** @param staged the Services that are tried anew because of it */
  take(event: ClusterEvent, staged: readonly string[]): void {
    for (const family of FAMILIES) for (const owner of staged) this.aside.delete(`${family} ${owner}`);
    if (event.kind === 'node') {
      for (const family of FAMILIES) this.aside.delete(`${family} node`);
      return;
    }
    if (event.kind === 'set-slice')
      for (const { address, traits } of event.object.endpoints)
        this.#nodes.set(address, (this.#nodes.get(address) ?? new Set()).add(traits.nodeName));
    const { services, slices, node } = clusterStateOf([event]);
    for (const [claim, claimants] of claimantsIn({ services, slices, node }, this.#affinity)) {
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
    const wanted = claimantsIn(state, this.#affinity);
    const owners = new Map<string, string | undefined>();
    for (const [claim, claimants] of wanted) {
      const is = has.get(claim) ?? NOTHING;
      // The oldest may have got this before something else of it was refused: what came to it from another one that was.
      const hasOldest = isDeepStrictEqual(is, claimants[0]?.elements);
      const owner = hasOldest ? claimants[0]?.owner : this.#ownerOf(claim, claimants);
      owners.set(claim, owner);
      const its = claimants.find(one => one.owner === owner);
      if (its && !this.aside.has(its.owner)) expect(is, `${claim} of ${owner}`).toEqual(its.elements);
      const isContested = claimants.length > 1 || (this.#everWanted.get(claim)?.size ?? 0) > 1;
      const was = had.get(claim);
      if (isContested || !was || !this.aside.has(claimants[0]!.owner)) continue;
      expect([was, claimants[0]!.elements], `${claim} of ${claimants[0]!.owner}, refused`).toContainEqual(is);
      expect(hairpinsOf(is).filter(id => this.#isEverLocal(id) && before.has(id) && !after.has(id))).toEqual([]);
    }
    this.#owners = owners;
    if (this.#knowsAll) this.#judgeLeftovers(wanted, had, has, refused);
    this.#knowsAll = true;
    this.#judgeShared(state, before, after);
  }

  /** Whether nobody ever said that the endpoint of a hairpin entry is on another node; else only one of its Services may need that. */
  #isEverLocal(hairpin: string): boolean {
    const nodes = this.#nodes.get(hairpin.split(' ')[2] ?? '');
    return nodes?.size === 1 && nodes.has(NODE_NAME);
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
    const expected = [...expectedElements({ ...state, services: healthy }, this.#affinity).keys()];
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
