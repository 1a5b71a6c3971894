// Steps that start and stop the proxy.

import { setTimeout as sleep } from 'node:timers/promises';
import { describeEnd } from '../proxy.ts';
import type {
  ProxyEndsStep,
  ProxyStart,
  RestartProxyStep,
  RunBesideStep,
  RunProxyStep,
  StopProxyStep,
} from '../step.ts';
import type { World } from '../world.ts';
import { Failure } from './failure.ts';

const RUN_WITHIN_SECONDS = 30;
const ENDS_WITHIN_SECONDS = 10;

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

/** Waits until the proxy has ended by itself, and throws where it does not, or the exit status is another. */
export async function proxyEnds(world: World, { exit, within = ENDS_WITHIN_SECONDS }: ProxyEndsStep): Promise<void> {
  world.memory.proxyExpected = false;
  const late = sleep(within * 1000 * world.patience, undefined, { ref: false });
  const ended = await Promise.race([world.proxy.exit(), late]);
  if (ended?.code === exit) return;
  const seen = ended ? describeEnd(ended) : 'still running';
  throw new Failure('the proxy did not end as it should', { expected: `exit status ${exit}`, seen });
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

/** Runs the proxy's command once more beside the proxy, and throws where exit status or output are others. */
export async function runBeside(world: World, step: RunBesideStep): Promise<void> {
  const { args, exit, prints, printsLines = [], within = RUN_WITHIN_SECONDS } = step;
  const timeoutMs = within * 1000 * world.patience;
  const { code, stdout, stderr } = await world.proxy.runBeside([...world.proxy.args, ...args], timeoutMs);
  if (code !== exit) {
    const said = [`exit status ${code}`, stdout, stderr].filter(Boolean).join('\n');
    throw new Failure(`${args.join(' ')} ended otherwise`, { expected: `exit status ${exit}`, seen: said });
  }
  if (prints !== undefined && stdout !== prints)
    throw new Failure(`${args.join(' ')} printed something else`, { expected: prints, seen: stdout });
  const lines = new Set(stdout.split('\n').map(line => line.trim()));
  const missing = printsLines.filter(line => !lines.has(line));
  if (missing.length)
    throw new Failure(`${args.join(' ')} printed something else`, { expected: missing.join('\n'), seen: stdout });
}
