import { judge } from '../conformance/lib/expectations.ts';
import type { Expectation } from '../conformance/lib/expectations.ts';
import { sleep } from '../conformance/lib/exec.ts';
import { sourceNamed, splitTarget } from '../conformance/lib/hosts.ts';
import { isAnswer } from '../conformance/lib/sighting.ts';
import type { Sighting } from '../conformance/lib/sighting.ts';
import type { World } from '../conformance/lib/world.ts';

const PARALLEL = 4;
/** Long, since this machine may be busy: a request that has to be sent twice takes a second. */
const TIMEOUT_MS = 5000;
const POLL_TIMEOUT_MS = 250;
const POLL_WITHIN_MS = 10_000;
const PAUSE_MS = 2;

/** Where requests go: from a host of the stage, to `ip:port` or `[ip6]:port`. */
export interface Route {
  readonly from: string;
  readonly to: string;
}

/** The outpost that a route begins at, and what it is to be asked with; the timeout in milliseconds. */
export function begin({ from, to }: Route, timeout = TIMEOUT_MS) {
  const target = splitTarget(to);
  const source = sourceNamed(from);
  const own = target.family === 6 ? source.v6 : source.v4;
  return { outpost: source.ns, argument: { ...target, timeout, localAddress: source.unbound ? undefined : own } };
}

/** Makes so many requests, each on a connection of its own; resolves to what each of them led to. */
export function ask(world: World, route: Route, attempts: number, timeout = TIMEOUT_MS): Promise<Sighting[]> {
  const { outpost, argument } = begin(route, timeout);
  return world.outpost(outpost).call('probe', { ...argument, attempts, parallel: PARALLEL });
}

/**
 * Asks again and again until one request leads to what is expected.
 * @returns milliseconds from the call to the beginning of that request
 * @throws Error where that takes too long, or when the program has ended
 */
export async function waitFor(world: World, route: Route, expect: Expectation): Promise<number> {
  const began = performance.now();
  for (;;) {
    const elapsed = performance.now() - began;
    const seen = await ask(world, route, 1, POLL_TIMEOUT_MS);
    const problem = judge(seen, expect);
    if (problem === undefined) return elapsed;
    world.mustRun();
    if (elapsed > POLL_WITHIN_MS) throw new Error(`${route.from} to ${route.to}: ${problem} (seen: ${countAnswers(seen)})`);
    await sleep(PAUSE_MS);
  }
}

/** How often who answered, in the order of their names: `pod-a 12, remote-a 18`. */
export function countAnswers(seen: readonly Sighting[]): string {
  return counted(seen.map(one => (isAnswer(one) ? one.who : one.error)));
}

/** Counts names, in their order. */
export function counted(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names.toSorted()) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => `${name} ${count}`).join(', ') || 'nobody';
}
