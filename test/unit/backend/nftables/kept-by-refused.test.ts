import { describe, expect, it } from 'vitest';
import { sharedKey, type CompiledService } from '../../../../src/backend/nftables/claim.ts';
import { claimOf } from '../../../../src/backend/nftables/diff.ts';
import { keptByRefused } from '../../../../src/backend/nftables/kept-by-refused.ts';
import { Ledger } from '../../../../src/backend/nftables/ledger.ts';
import type { ContainerName, Entry } from '../../../../src/backend/nftables/schema.ts';

/** `services 10.96.0.1 . tcp . 80 : goto x`, as an entry. */
function entry(line: string): Entry {
  const [left = '', value = ''] = line.split(' : ');
  const space = left.indexOf(' ');
  return { container: left.slice(0, space) as ContainerName, key: left.slice(space + 1), value };
}

const lineOf = ({ container, key, value }: Entry): string => `${container} ${key}${value && ` : ${value}`}`;

/** Elements that belong to a virtual server are its claim; all others are shared. */
function compiled(...lines: readonly string[]): CompiledService {
  const claims = new Map<string, Entry[]>();
  const shared: string[] = [];
  for (const one of lines.map(entry)) {
    const id = claimOf(one.container, one.key);
    if (id) claims.set(id, [...(claims.get(id) ?? []), one]);
    else shared.push(sharedKey(one.container, one.key));
  }
  return { claims: [...claims].map(([id, entries]) => ({ id, port: PORT, entries })), shared };
}

const PORT = { name: '', number: 80, l4: 'tcp' } as const;

/** A virtual server with one real server. */
const forwarding = (vip: string, server: string): string[] => [
  `endpoints-tcp 0 . ${vip} . 80 : ${server} . 8080`,
  `services ${vip} . tcp . 80 : goto cluster-tcp-1`,
];
const nodePort = (server: string): string[] => [
  `nodeport-endpoints-tcp 0 . 30080 : ${server} . 8080`,
  'nodeports tcp . 30080 : goto nodeport-cluster-tcp-1',
];
const ipvs = (vip: string, server: string): string[] => [
  `virtual-servers ${vip} . tcp . 80 : -s rr`,
  `real-servers ${vip} . tcp . 80 . ${server} . 8080 : -m -w 1`,
];
const rejecting = (vip: string): string[] => [`unavailable ${vip} . tcp . 80 : goto reject-chain`];
const hairpin = (server: string): string => `hairpin ${server} . ${server} . tcp . 8080`;

const [A, B] = ['10.96.0.1', '203.0.113.1'];
const [ONE, TWO, BAD] = ['10.244.1.1', '10.244.1.2', '10.244.6.66'];

interface Case {
  readonly name: string;
  /** What the refused one had in this process; undefined: nothing, or this process has just started. */
  readonly before?: readonly string[];
  /** What it wants. */
  readonly wants: readonly string[];
  /** What a younger one wants, */
  readonly other?: readonly string[];
  /** and had before; `gone`: and does not want any more. */
  readonly otherHad?: true | 'gone';
  /** The other one is the older of the two. */
  readonly otherIsOlder?: true;
  /** The refused one was younger than the other one before. */
  readonly wasYounger?: true;
  readonly kernel: readonly string[];
  readonly isFirst?: true;
  readonly keeps: readonly string[];
}

const cases: readonly Case[] = [
  {
    name: 'what it had before, with what the endpoints of then need',
    before: [...forwarding(A, ONE), hairpin(ONE), `cluster-ips ${A}`],
    wants: [...forwarding(A, BAD), `cluster-ips ${A}`],
    kernel: [...forwarding(A, ONE), hairpin(ONE), `cluster-ips ${A}`],
    keeps: [...forwarding(A, ONE), `cluster-ips ${A}`, hairpin(ONE)],
  },
  {
    name: 'what it had before even where somebody else has removed that',
    before: [...forwarding(A, ONE), `cluster-ips ${A}`],
    wants: [...forwarding(A, BAD), `cluster-ips ${A}`],
    kernel: [],
    keeps: [...forwarding(A, ONE), `cluster-ips ${A}`],
  },
  {
    name: 'the part of what it wants that is in the kernel',
    before: [...forwarding(A, ONE), ...forwarding(B, ONE)],
    wants: [...rejecting(A), ...forwarding(B, BAD)],
    kernel: [...rejecting(A), ...forwarding(B, ONE)],
    keeps: [...rejecting(A), ...forwarding(B, ONE)],
  },
  {
    name: 'what it does not want any more, if nobody does',
    before: [...forwarding(A, ONE), ...forwarding(B, ONE)],
    wants: forwarding(A, BAD),
    kernel: [...forwarding(A, ONE), ...forwarding(B, ONE)],
    keeps: [...forwarding(A, ONE), ...forwarding(B, ONE)],
  },
  {
    name: 'not what it does not want any more and another one wants',
    before: [...forwarding(A, ONE), ...forwarding(B, ONE)],
    wants: forwarding(A, BAD),
    other: forwarding(B, TWO),
    kernel: [...forwarding(A, ONE), ...forwarding(B, ONE)],
    keeps: forwarding(A, ONE),
  },
  {
    name: 'what it had before where the kernel has more than is wanted',
    before: [...forwarding(A, ONE), ...forwarding(B, ONE), `firewalled ${B} . tcp . 80`],
    wants: [...forwarding(A, BAD), ...forwarding(B, ONE)],
    kernel: [...forwarding(A, ONE), ...forwarding(B, ONE), `firewalled ${B} . tcp . 80`],
    keeps: [...forwarding(A, ONE), ...forwarding(B, ONE), `firewalled ${B} . tcp . 80`],
  },
  {
    name: 'for the time after an older one what it had before, where that has just got it',
    before: [...forwarding(A, ONE), ...forwarding(B, ONE)],
    wants: [...forwarding(A, BAD), ...forwarding(B, BAD)],
    other: forwarding(B, TWO),
    otherIsOlder: true,
    kernel: [...forwarding(A, ONE), ...forwarding(B, ONE)],
    keeps: [...forwarding(A, ONE), ...forwarding(B, ONE)],
  },
  {
    name: 'no claim to what an older one has, where it had none before',
    before: forwarding(A, ONE),
    wants: [...forwarding(A, BAD), ...forwarding(B, BAD)],
    other: forwarding(B, TWO),
    otherHad: true,
    otherIsOlder: true,
    kernel: [...forwarding(A, ONE), ...forwarding(B, TWO)],
    keeps: forwarding(A, ONE),
  },
  {
    name: 'what it had before in the place of an older one that has just given it up',
    before: [...forwarding(A, ONE), ...forwarding(B, ONE)],
    wants: [...forwarding(A, BAD), ...forwarding(B, BAD)],
    other: forwarding(B, TWO),
    otherHad: 'gone',
    otherIsOlder: true,
    kernel: [...forwarding(A, ONE), ...forwarding(B, TWO)],
    keeps: [...forwarding(A, ONE), ...forwarding(B, ONE)],
  },
  { name: 'nothing where it had nothing', wants: forwarding(A, BAD), kernel: [], keeps: [] },
  {
    name: 'nothing of another one that it would have taken it from',
    before: forwarding(A, ONE),
    wants: [...forwarding(A, BAD), ...forwarding(B, BAD)],
    other: forwarding(B, TWO),
    otherHad: true,
    kernel: [...forwarding(A, ONE), ...forwarding(B, TWO)],
    keeps: forwarding(A, ONE),
  },
  {
    name: 'nothing of another one that has just become the younger of the two',
    wasYounger: true,
    before: [...forwarding(A, ONE), ...forwarding(B, ONE)],
    wants: [...forwarding(A, BAD), ...forwarding(B, BAD)],
    other: forwarding(B, TWO),
    otherHad: true,
    kernel: [...forwarding(A, ONE), ...forwarding(B, TWO)],
    keeps: forwarding(A, ONE),
  },
  {
    name: 'not even where the other one has the very same',
    wants: [...forwarding(A, BAD), ...forwarding(B, TWO)],
    other: forwarding(B, TWO),
    otherHad: true,
    kernel: forwarding(B, TWO),
    keeps: [],
  },
  {
    name: 'after a start: what the kernel has, with what its endpoints need',
    isFirst: true,
    wants: [...forwarding(A, BAD), `cluster-ips ${A}`],
    kernel: [...forwarding(A, ONE), hairpin(ONE), `cluster-ips ${A}`],
    keeps: [...forwarding(A, ONE), `cluster-ips ${A}`, hairpin(ONE)],
  },
  {
    name: 'after a start: of what it wants only what is there',
    isFirst: true,
    wants: [...forwarding(A, BAD), ...forwarding(B, BAD), `cluster-ips ${A}`, hairpin(BAD)],
    kernel: rejecting(A),
    keeps: rejecting(A),
  },
  {
    name: 'after a start: not what a younger one has, as its endpoints tell',
    isFirst: true,
    wants: forwarding(B, BAD),
    other: [`endpoints-tcp 1 . ${B} . 80 : ${TWO} . 8080`, ...forwarding(B, ONE)],
    kernel: forwarding(B, TWO),
    keeps: [],
  },
  {
    name: 'after a start: not what a younger one has, which has no endpoints',
    isFirst: true,
    wants: forwarding(B, BAD),
    other: rejecting(B),
    kernel: rejecting(B),
    keeps: [],
  },
  {
    name: 'after a start: not what a younger one has, which wants a part of the same',
    isFirst: true,
    wants: [...forwarding(A, BAD), ...rejecting(B), `firewalled ${B} . tcp . 80`],
    other: rejecting(B),
    kernel: rejecting(B),
    keeps: [],
  },
  {
    name: 'after a start: nor its NodePort',
    isFirst: true,
    wants: nodePort(BAD),
    other: [...nodePort(ONE), `nodeport-endpoints-tcp 1 . 30080 : ${TWO} . 8080`],
    kernel: nodePort(TWO),
    keeps: [],
  },
  {
    name: 'after a start: nor its virtual server of IPVS',
    isFirst: true,
    wants: ipvs(B, BAD),
    other: [...ipvs(B, ONE), `real-servers ${B} . tcp . 80 . ${TWO} . 8080 : -m -w 1`],
    kernel: ipvs(B, TWO),
    keeps: [],
  },
  {
    name: 'after a start: in doubt it has it, being the older',
    isFirst: true,
    wants: forwarding(B, BAD),
    other: forwarding(B, TWO),
    kernel: forwarding(B, ONE),
    keeps: forwarding(B, ONE),
  },
  {
    name: 'after a start: nothing that leads to what another version left',
    isFirst: true,
    wants: forwarding(A, BAD),
    kernel: [`services ${A} . tcp . 80 : goto service-ABC`],
    keeps: [],
  },
  {
    name: 'after a start: nor anything else that belongs to that',
    isFirst: true,
    wants: forwarding(A, BAD),
    kernel: [`endpoints-tcp 0 . ${A} . 80 : ${ONE} . 8080`, `services ${A} . tcp . 80 : goto service-ABC`],
    keeps: [],
  },
];

describe('keptByRefused', () => {
  it.each(cases)('$name', ({ before, wants, other, otherHad, otherIsOlder, wasYounger, kernel, isFirst, keeps }) => {
    const ledger = new Ledger();
    const setOther = (lines: readonly string[] | undefined): unknown =>
      ledger.set('d/other', otherIsOlder ? '0' : '2', lines && compiled(...lines));
    if (otherHad) setOther(other);
    const last = before && compiled(...before);
    if (last) ledger.set('d/bad', wasYounger ? '3' : '1', last);
    ledger.confirm(() => true);
    ledger.set('d/bad', '1', compiled(...wants));
    if (other) setOther(otherHad === 'gone' ? undefined : other);
    const is = new Set(kernel);
    const wanted = ledger.inForce('d/bad');
    const inForce = [...wanted.claims.flatMap(({ entries }) => entries.map(lineOf)), ...wanted.shared.map(key => key)];
    const ids = new Set(wanted.claims.map(({ id }) => id));
    const unit = {
      adds: inForce.filter(line => !is.has(line)).map(entry),
      deletes: kernel
        .map(entry)
        .filter(one => ids.has(claimOf(one.container, one.key)) && !inForce.includes(lineOf(one))),
    };
    const isFound = (one: Entry): boolean => is.has(lineOf(one));
    const kept = keptByRefused(ledger, { owner: 'd/bad', unit, before: last, isFirst: isFirst ?? false, isFound });
    const lines = [...kept.claims.flatMap(({ entries }) => entries.map(lineOf)), ...kept.shared];
    expect(lines.toSorted()).toEqual([...keeps].toSorted());
    // A claim to nothing would keep others from it.
    const own = new Set(compiled(...wants).claims.map(({ id }) => id));
    for (const { id, port, entries, isLeftover = false } of kept.claims)
      expect([port, entries.length > 0, isLeftover]).toEqual([PORT, true, !own.has(id)]);
  });

  it('the node goes back to all it had', () => {
    const ledger = new Ledger();
    const before = compiled('pod-cidrs 10.244.0.0/16', 'service-cidrs 10.96.0.0/16');
    ledger.set('node', '', compiled('pod-cidrs 10.244.0.0/16', 'service-cidrs 10.96.0.0/12'));
    const unit = { adds: [entry('service-cidrs 10.96.0.0/12')], deletes: [entry('service-cidrs 10.96.0.0/16')] };
    const refused = { owner: 'node', unit, isFirst: false, isFound: () => false };
    // Somebody else's would overlap.
    const foreign = { ...unit, deletes: [entry('service-cidrs 10.96.0.0/13')] };
    expect(keptByRefused(ledger, { ...refused, unit: foreign, before }).shared).toEqual(before.shared);
    expect(keptByRefused(ledger, { ...refused, before: undefined }).shared).toEqual(before.shared);
  });
});
