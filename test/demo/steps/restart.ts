import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { countedBy, imprint } from '../kernel-table.ts';
import { milliseconds } from '../narrator.ts';
import { beginningOf, resultOf } from '../requests.ts';
import { ADDRESSES, WEB, webEndpoints } from '../services.ts';
import { answered, SteadyRequests, waitFor } from '../steady-requests.ts';
import type { Tour } from '../tour.ts';

const A_WHILE_MS = 500;
const LOG_WITHIN_MS = 15_000;
const PAUSE_MS = 20;
const CONNECTION = 'demo';

/** The program is ended and started again while requests go on. */
export async function restart(tour: Tour): Promise<void> {
  const { world, narrator } = tour;
  narrator.step('6. sluice is restarted', 'The requests of step 4 go on, and one connection stays open all the time.');
  const { outpost, argument } = beginningOf({ from: 'pod-b', to: ADDRESSES.webClusterIP });
  const opened = await world.outpost(outpost).call('openFlow', { ...argument, name: CONNECTION, proto: 'tcp' });
  const streams = [
    new SteadyRequests(world, { from: 'pod-b', to: ADDRESSES.webClusterIP }),
    new SteadyRequests(world, { from: 'client', to: ADDRESSES.webNodePort }),
  ];
  try {
    await stopAndLook(tour, streams);
    await startAndLook(tour);
  } finally {
    await Promise.all(streams.map(stream => stream.stop()));
  }
  narrator.check(...answered(streams.flatMap(stream => stream.seen())));
  const asked = await world.outpost(outpost).call('askFlow', { name: CONNECTION, timeout: argument.timeout });
  const [before, after] = [resultOf(opened), resultOf(asked)];
  const [, broken] = answered([opened, asked]);
  const lost = broken ?? (before === after ? undefined : `it was with ${before}`);
  narrator.check(`the open connection still leads to ${after}`, lost);
}

async function stopAndLook({ world, narrator }: Tour, streams: readonly SteadyRequests[]): Promise<void> {
  const before = await imprint(world);
  const beganMs = performance.now();
  await world.proxy.stop('SIGTERM');
  const endedMs = performance.now();
  narrator.check(`SIGTERM: the process ended after ${milliseconds(endedMs - beganMs)}`);
  await sleep(A_WHILE_MS);
  const isSame = (await imprint(world)) === before;
  const meanwhile = streams.flatMap(stream => stream.seen(endedMs));
  narrator.check('the rules stay in the kernel, all as they were', isSame ? undefined : 'they have changed');
  const [text, failed] = answered(meanwhile);
  narrator.check(`while no sluice ran: ${text}`, meanwhile.length ? failed : 'there should have been some');
}

async function startAndLook({ stage, world, narrator }: Tour): Promise<void> {
  const key = `${WEB.ip} . tcp . ${WEB.port}`;
  const before = await imprint(world);
  const connections = await countedBy(world, 'services', key);
  const former = world.proxy.pid;
  const beganMs = performance.now();
  world.proxy.start();
  const line = await firstRun(world.proxy.log, former, () => world.mustRun());
  const tookMs = performance.now() - beganMs;
  const isIdle = / transactions=0 added=0 deleted=0 /.test(line) ? undefined : 'that is not what the line says:';
  narrator.check(`a new process has nothing to write, and logs so ${milliseconds(tookMs)} after its start:`, isIdle);
  narrator.tell(`    ${line.replace(/^.*?\] /, '')}`);
  const isSame = (await imprint(world)) === before;
  narrator.check('the kernel agrees: the same rules and elements', isSame ? undefined : 'they have changed');
  const counts = await countedBy(world, 'services', key);
  const reset = counts < connections ? 'it was set back' : undefined;
  narrator.check(`the counter of connections to web goes on: ${connections} before, now ${counts}`, reset);

  stage.apply(webEndpoints('pod-a', 'remote-a', 'remote-b'));
  const route = { from: 'pod-b', to: ADDRESSES.webClusterIP };
  const backMs = await waitFor(world, route, { backends: ['pod-a'] });
  narrator.check(`it is at work: pod-a comes back, its first request was sent ${milliseconds(backMs)} later`);
}

/** Waits for the line on the first run of a process that is not the former one. */
async function firstRun(log: string, former: number, mustRun: () => void): Promise<string> {
  const deadline = performance.now() + LOG_WITHIN_MS;
  while (performance.now() < deadline) {
    const lines = (await readFile(log, 'utf8')).split('\n');
    const line = lines.find(one => one.includes(' reasons=["start"') && !one.includes(` ${former} `));
    if (line !== undefined) return line;
    mustRun();
    await sleep(PAUSE_MS);
  }
  throw new Error(`the new process did not log its first run within ${LOG_WITHIN_MS / 1000} s`);
}
