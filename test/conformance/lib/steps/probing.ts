// Steps that send packets and judge what comes back.

import { affinityOf, judgeAffinity } from '../affinity.ts';
import { attemptsFor, describeExpectation, expectsFailure, judge, summarize } from '../expectations.ts';
import type { Expectation } from '../expectations.ts';
import { sourceNamed, splitTarget } from '../hosts.ts';
import type { Namespace, Source } from '../hosts.ts';
import type { Sighting } from '../sighting.ts';
import { attemptsOf, describeSpread, judgeSpread } from '../spread.ts';
import type { FlowStep, ProbeStep, Route, SpreadStep, StickyStep, Transport } from '../step.ts';
import type { World } from '../world.ts';
import { Failure } from './failure.ts';
import { eventually, timeoutFor } from './timing.ts';

const PARALLEL = 8;

/** The address that a source binds to; undefined leaves it to the kernel. */
export function bindingOf(host: Source, family: 4 | 6): string | undefined {
  if (host.unbound) return undefined;
  return family === 6 ? host.v6 : host.v4;
}

/** The outpost that a route begins at, and what it is to be asked with. */
export function destinationOf(world: World, { from, to }: Route, expect: Expectation = {}) {
  const target = splitTarget(to);
  const host = sourceNamed(from);
  const timeout = timeoutFor(world, expect, target.family);
  return { outpost: host.ns, argument: { ...target, localAddress: bindingOf(host, target.family), timeout } };
}

interface Attempts {
  readonly proto: Transport | undefined;
  readonly expect?: Expectation;
  readonly count: number;
  readonly parallel: number;
}

function attempts(world: World, route: Route, { proto, expect, count, parallel }: Attempts): Promise<Sighting[]> {
  const { outpost, argument } = destinationOf(world, route, expect);
  const request = { ...argument, attempts: count, parallel };
  if (proto === 'sctp') return world.outpost(outpost).call('probeSctp', request);
  return world.outpost(outpost).call('probe', { ...request, proto });
}

/** Probes until the expectation holds. */
export async function probe(world: World, step: ProbeStep): Promise<void> {
  const { to, proto, expect } = step;
  const sources = [step.from].flat();
  const share = Math.ceil((step.attempts ?? attemptsFor(expect)) / sources.length);
  const fromEach = async (count: number, parallel: number) => {
    const how = { proto, expect, count, parallel };
    return (await Promise.all(sources.map(from => attempts(world, { from, to }, how)))).flat();
  };
  await eventually(world, step, async () => {
    // When answers are expected, one attempt from each source tells soon whether all of them are worth making.
    let seen = expectsFailure(expect) ? [] : await fromEach(1, 1);
    if (seen.every(s => s.error === undefined)) seen = [...seen, ...(await fromEach(share, PARALLEL))];
    const why = judge(seen, expect);
    return why ? new Failure(why, { expected: describeExpectation(expect), seen: summarize(seen) }) : undefined;
  });
}

/** Asks several times from each source until each has one backend, as expected. */
export async function sticky(world: World, step: StickyStep): Promise<void> {
  const { to, proto, attempts: count = 6, as, same, changed, distinct, backends } = step;
  const { mappings } = world.memory;
  const recall = (name: string | undefined) => (name === undefined ? undefined : mappings.get(name));
  const askFrom = async (from: string): Promise<[string, Sighting[]]> => [
    from,
    await attempts(world, { from, to }, { proto, count, parallel: 1 }),
  ];
  await eventually(world, step, async () => {
    const bySource = new Map(await Promise.all([step.from].flat().map(askFrom)));
    const mapping = affinityOf(bySource);
    const told = { same: recall(same), changed: recall(changed), distinct, backends };
    const wrong = typeof mapping === 'string' ? mapping : judgeAffinity(mapping, told);
    if (wrong) {
      const expected = `each source sticks to one backend${same ? `, the one of '${same}'` : ''}`;
      const seen = [...bySource].map(([name, all]) => `${name}: ${summarize(all)}`).join('; ');
      return new Failure(wrong, { expected, seen });
    }
    if (as !== undefined && typeof mapping === 'object') mappings.set(as, mapping);
    return undefined;
  });
}

/** Asks so often, one attempt after the other, that each backend can have its share, until each has. */
export async function spread(world: World, step: SpreadStep): Promise<void> {
  const { from, to, proto, expect } = step;
  await eventually(world, step, async () => {
    const seen = await attempts(world, { from, to }, { proto, count: attemptsOf(expect.shares), parallel: 1 });
    const why = judgeSpread(seen, expect);
    return why ? new Failure(why, { expected: describeSpread(expect), seen: summarize(seen) }) : undefined;
  });
}

interface OpenFlow {
  readonly outpost: Namespace;
  first?: string;
}

/** Opens a flow that is mentioned for the first time; resolves to it and to what it led to, if it was opened now. */
async function flowOf(world: World, step: FlowStep, timeout: number): Promise<[OpenFlow, Sighting | undefined]> {
  const { name, from, to, kind } = step;
  const known = world.memory.flows.get(name);
  if (known) return [known, undefined];
  if (from === undefined || to === undefined) throw new Error(`a flow needs from and to at first: ${name}`);
  const { outpost, argument } = destinationOf(world, { from, to });
  const flow: OpenFlow = { outpost };
  world.memory.flows.set(name, flow);
  const proto = kind === 'udpFlow' ? 'udp' : 'tcp';
  return [flow, await world.outpost(outpost).call('openFlow', { ...argument, timeout, name, proto })];
}

/** Opens a flow at its first mention, asks on it later. What is not told otherwise must come from the first backend. */
export async function flow(world: World, step: FlowStep): Promise<void> {
  const { name, expect = {} } = step;
  const timeout = timeoutFor(world, expect, 4);
  const [entry, opened] = await flowOf(world, step, timeout);
  const first = entry.first === undefined ? undefined : [entry.first];
  const wanted = expectsFailure(expect) ? expect : { exactly: false, backends: first, ...expect };
  let opening = opened;
  await eventually(world, step, async () => {
    const seen = opening ?? (await world.outpost(entry.outpost).call('askFlow', { name, timeout }));
    opening = undefined;
    const why = judge([seen], wanted);
    if (why) return new Failure(why, { expected: describeExpectation(wanted), seen: summarize([seen]) });
    if (seen.error === undefined) entry.first ??= seen.who;
    return undefined;
  });
}
