import { describe, expect, it } from 'vitest';
import type { Endpoint } from '../../../src/model/endpoint.ts';
import type { TrafficPolicy } from '../../../src/model/service-port.ts';
import { categorizeEndpoints } from '../../../src/plan/categorize-endpoints.ts';
import { ADDRESSES, OTHER_NODE_NAME } from '../../support/addresses.ts';
import { DRAINING, endpoint, NOT_READY, nodeView, SERVING, STOPPED } from '../../support/builders.ts';

const BOTH: readonly TrafficPolicy[] = ['cluster', 'local'];

// The letters of the rows: which endpoint it is; each family has its own address for it.
const NAMES = { a: 'podA', b: 'podB', c: 'remoteA', d: 'remoteB' } as const;
const LETTERS = ['a', 'b', 'c', 'd'] as const;
type Letter = (typeof LETTERS)[number];

describe.each(['ipv4', 'ipv6'] as const)('in %s', family => {
  const make = (letter: Letter, overrides: Partial<Endpoint>): Endpoint =>
    endpoint({
      address: ADDRESSES[family][NAMES[letter]],
      ...(letter === 'c' || letter === 'd' ? { nodeName: OTHER_NODE_NAME } : {}),
      ...overrides,
    });
  const letterOf = ({ address }: Endpoint) =>
    Object.entries(NAMES).find(([, name]) => ADDRESSES[family][name] === address)?.[0] ?? '?';
  const letters = (endpoints: readonly Endpoint[]) => endpoints.map(letterOf).join('');

  interface Row {
    readonly name: string;
    readonly given: Partial<Record<Letter, Partial<Endpoint>>>;
    readonly policies?: readonly TrafficPolicy[];
    /** What is expected of policies Cluster and Local. */
    readonly cluster: string;
    readonly local: string;
    readonly has?: boolean;
    /** `letter reason`, by policy in use. */
    readonly leftOut?: { readonly cluster?: readonly string[]; readonly local?: readonly string[] };
  }

  const rows: readonly Row[] = [
    { name: 'no endpoints', given: {}, cluster: '', local: '', has: false },
    {
      name: 'all ready',
      given: { a: {}, b: {}, c: {} },
      cluster: 'abc',
      local: 'ab',
      leftOut: { local: ['c not-local'] },
    },
    { name: 'policy Cluster only', given: { a: {}, c: {} }, policies: ['cluster'], cluster: 'ac', local: '' },
    {
      name: 'policy Local only',
      given: { a: {}, c: {} },
      policies: ['local'],
      cluster: '',
      local: 'a',
      leftOut: { local: ['c not-local'] },
    },
    {
      name: 'policy Local only, endpoints elsewhere (E-34)',
      given: { c: {}, d: {} },
      policies: ['local'],
      cluster: '',
      local: '',
      leftOut: { local: ['c not-local', 'd not-local'] },
    },
    {
      name: 'policy Local only, draining ones elsewhere (E-34)',
      given: { c: DRAINING },
      policies: ['local'],
      cluster: '',
      local: '',
      leftOut: { local: ['c not-local'] },
    },
    {
      name: 'terminating ones get nothing while others are ready',
      given: { a: DRAINING, b: {}, c: {} },
      cluster: 'bc',
      local: 'b',
      leftOut: { cluster: ['a terminating'], local: ['a terminating', 'c not-local'] },
    },
    {
      name: 'policy Local falls back though others are ready elsewhere',
      given: { a: DRAINING, c: {} },
      cluster: 'c',
      local: 'a',
      leftOut: { cluster: ['a terminating'], local: ['c not-local'] },
    },
    {
      name: 'policy Cluster falls back when nothing is ready anywhere',
      given: { a: DRAINING, c: DRAINING, d: STOPPED },
      cluster: 'ac',
      local: 'a',
      leftOut: { cluster: ['d not-ready'], local: ['c not-local', 'd not-local'] },
    },
    {
      name: 'unready ones are no fall-back, serving or terminating alone',
      given: { a: SERVING, b: STOPPED, c: NOT_READY },
      cluster: '',
      local: '',
      has: false,
      leftOut: {
        cluster: ['a not-ready', 'b not-ready', 'c not-ready'],
        local: ['a not-ready', 'b not-ready', 'c not-local'],
      },
    },
    {
      name: 'every condition at once',
      given: { a: DRAINING, b: NOT_READY, c: {}, d: DRAINING },
      cluster: 'c',
      local: 'a',
      leftOut: {
        cluster: ['a terminating', 'b not-ready', 'd terminating'],
        local: ['b not-ready', 'c not-local', 'd not-local'],
      },
    },
    {
      name: 'published while it terminates counts as ready',
      given: { a: { ready: true, serving: false, terminating: true }, c: {} },
      cluster: 'ac',
      local: 'a',
      leftOut: { local: ['c not-local'] },
    },
    {
      name: 'an endpoint without a node is local to none',
      given: { a: { nodeName: '' } },
      cluster: 'a',
      local: '',
      leftOut: { local: ['a not-local'] },
    },
    {
      name: 'zone hints narrow policy Cluster and not policy Local',
      given: {
        a: { zoneHints: ['zone-a'] },
        b: { zoneHints: ['zone-b'] },
        c: { zoneHints: ['zone-a'] },
        d: { zoneHints: ['zone-b'] },
      },
      cluster: 'ac',
      local: 'ab',
      leftOut: { cluster: ['b not-in-zone', 'd not-in-zone'], local: ['c not-local', 'd not-local'] },
    },
    {
      name: 'node hints narrow policy Cluster',
      given: { a: { nodeHints: ['node-a'] }, c: { nodeHints: ['node-b'] } },
      policies: ['cluster'],
      cluster: 'a',
      local: '',
      leftOut: { cluster: ['c not-on-node'] },
    },
    {
      name: 'hints, with unready ones that have none',
      given: { a: { zoneHints: ['zone-a'] }, b: NOT_READY, c: { zoneHints: ['zone-b'] }, d: DRAINING },
      policies: ['cluster'],
      cluster: 'a',
      local: '',
      leftOut: { cluster: ['b not-ready', 'c not-in-zone', 'd terminating'] },
    },
    {
      name: 'hints are void when nothing is ready (E-35)',
      given: { a: { ...DRAINING, zoneHints: ['zone-b'] }, c: { ...DRAINING, zoneHints: ['zone-a'] } },
      policies: ['cluster'],
      cluster: 'ac',
      local: '',
    },
    {
      name: 'the last ready one of the zone goes, and hints with it',
      given: { a: { ...NOT_READY, zoneHints: ['zone-a'] }, c: { zoneHints: ['zone-b'] }, d: { zoneHints: ['zone-b'] } },
      policies: ['cluster'],
      cluster: 'cd',
      local: '',
      leftOut: { cluster: ['a not-ready'] },
    },
  ];

  it.each(rows)('$name', ({ given, policies = BOTH, cluster, local, has = true, leftOut = {} }) => {
    const endpoints = LETTERS.flatMap(letter => (given[letter] ? [make(letter, given[letter])] : []));
    const found = categorizeEndpoints({ endpoints, duplicates: [] }, policies, nodeView());
    expect(letters(found.cluster)).toBe(cluster);
    expect(letters(found.local)).toBe(local);
    expect(found.hasEndpoints).toBe(has);
    expect(found.leftOut.map(one => `${one.from}: ${letterOf(one.endpoint)} ${one.reason}`)).toEqual([
      ...(leftOut.cluster ?? []).map(text => `cluster: ${text}`),
      ...(leftOut.local ?? []).map(text => `local: ${text}`),
    ]);
  });

  it('names duplicates for each policy in use', () => {
    const set = { endpoints: [make('a', {})], duplicates: [make('a', STOPPED)] };
    expect(categorizeEndpoints(set, BOTH, nodeView()).leftOut).toEqual([
      { endpoint: set.duplicates[0], from: 'cluster', reason: 'duplicate' },
      { endpoint: set.duplicates[0], from: 'local', reason: 'duplicate' },
    ]);
    expect(categorizeEndpoints(set, ['local'], nodeView()).leftOut.map(({ from }) => from)).toEqual(['local']);
  });
});
