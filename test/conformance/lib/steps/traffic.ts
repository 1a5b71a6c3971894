// Steps that keep traffic going while other steps change things.

import type { TrafficStartStep, TrafficStopStep } from '../step.ts';
import type { World } from '../world.ts';
import { Failure } from './failure.ts';
import { destinationOf } from './probing.ts';

const SHOWN_AT_MOST = 10;

/** Begins new connections all the time. */
export async function trafficStart(world: World, step: TrafficStartStep): Promise<void> {
  const { name, proto, period } = step;
  const { outpost, argument } = destinationOf(world, step);
  world.memory.traffic.set(name, outpost);
  await world.outpost(outpost).call('startTraffic', { ...argument, name, proto, period });
}

/** Ends them; throws if too few were made or too many failed. */
export async function trafficStop(world: World, step: TrafficStopStep): Promise<void> {
  const { name, atLeast = 10, maxFailures = 0 } = step;
  const outpost = world.memory.traffic.get(name);
  if (outpost === undefined) throw new Error(`no such traffic: ${name}`);
  const report = await world.outpost(outpost).call('stopTraffic', { name });
  const { attempts, failures, backends, seconds } = report;
  const shown = failures.slice(0, SHOWN_AT_MOST).map(({ after, error }) => {
    return `${error} after ${(after / 1000).toFixed(2)} s`;
  });
  const seen =
    `${attempts} attempts in ${seconds.toFixed(1)} s, answered by ${JSON.stringify(backends)}, ` +
    `${failures.length} failed: ${shown.join(', ')}`;
  if (attempts < atLeast) {
    throw new Failure('too little traffic to tell', { expected: `at least ${atLeast} attempts`, seen });
  }
  if (failures.length > maxFailures) {
    throw new Failure('continuous traffic was disturbed', { expected: `at most ${maxFailures} failures`, seen });
  }
}
