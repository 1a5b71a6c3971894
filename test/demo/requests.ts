import { sourceNamed, splitTarget } from '../conformance/lib/hosts.ts';
import type { Namespace } from '../conformance/lib/hosts.ts';
import { isAnswer } from '../conformance/lib/sighting.ts';
import type { Sighting } from '../conformance/lib/sighting.ts';
import type { World } from '../conformance/lib/world.ts';
import type { Attempt } from '../conformance/outpost/probes.ts';

const PARALLEL = 4;
/** Long, since the machine may be busy: a request that has to be sent twice takes a second. */
const TIMEOUT_MS = 5000;

/** Where requests go: from a host of the stage to `ip:port` or `[ip6]:port`. */
export interface Route {
  readonly from: string;
  readonly to: string;
}

/** The outpost that a route begins at, and what it is to be asked with. */
export function beginningOf({ from, to }: Route, timeout = TIMEOUT_MS): { outpost: Namespace; argument: Attempt } {
  const target = splitTarget(to);
  const source = sourceNamed(from);
  const own = target.family === 6 ? source.v6 : source.v4;
  return { outpost: source.ns, argument: { ...target, timeout, localAddress: source.unbound ? undefined : own } };
}

/** Makes so many requests, each on a connection of its own. @returns what each of them led to */
export function ask(world: World, route: Route, attempts: number): Promise<Sighting[]> {
  const { outpost, argument } = beginningOf(route);
  return world.outpost(outpost).call('probe', { ...argument, attempts, parallel: PARALLEL });
}

/** Who answered, or what else came of a request. */
export const resultOf = (seen: Sighting): string => (isAnswer(seen) ? seen.who : seen.error);

/** Names and how often each occurs, in their order: `pod-a 12, remote-a 18`. */
export function counted(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names.toSorted()) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => `${name} ${count}`).join(', ') || 'nobody';
}
