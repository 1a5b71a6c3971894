// Steps that start and stop the proxy.

import { describeEnd } from '../proxy.ts';
import type { ProxyStart, RestartProxyStep, RunProxyStep, StopProxyStep } from '../step.ts';
import type { World } from '../world.ts';
import { Failure } from './failure.ts';

const RUN_WITHIN_SECONDS = 30;

/** Starts the proxy and, if not told otherwise, waits until it has taken in everything. */
export async function startProxy(world: World, { args, config, wait = true }: ProxyStart): Promise<void> {
  if (config) await world.configure(config);
  world.proxy.start(args && [...world.proxy.args, ...args]);
  world.memory.proxyExpected = true;
  if (!wait) return;
  await world.ready();
  await world.settle();
}

/** Ends the proxy, which must be running. */
export async function stopProxy(world: World, { signal }: Pick<StopProxyStep, 'signal'>): Promise<void> {
  world.mustRun();
  world.memory.proxyExpected = false;
  await world.proxy.stop(signal);
}

/** Ends the proxy and starts it again. */
export async function restartProxy(world: World, step: RestartProxyStep): Promise<void> {
  await stopProxy(world, step);
  await startProxy(world, step);
}

/** Runs the proxy's command once more, to its end, and throws where the exit status is another. */
export async function runProxy(world: World, step: RunProxyStep): Promise<void> {
  const { args, exit, within = RUN_WITHIN_SECONDS } = step;
  if (world.proxy.isRunning) throw new Error('runProxy: the proxy is still running');
  world.proxy.start([...world.proxy.args, ...args]);
  const timer = setTimeout(() => world.proxy.kill(), within * 1000 * world.patience);
  const ended = await world.proxy.exit();
  clearTimeout(timer);
  if (ended.code === exit) return;
  const seen = describeEnd(ended);
  throw new Failure(`${args.join(' ')} ${seen}`, { expected: `exit status ${exit}`, seen });
}
