import { readFile } from 'node:fs/promises';
import { sleep } from '../../conformance/lib/exec.ts';
import { countedBy, imprint } from '../kernel-table.ts';
import { milliseconds } from '../narrator.ts';
import { begin, counted, waitFor } from '../requests.ts';
import { ADDRESSES, WEB, webEndpoints } from '../services.ts';
import { SteadyRequests } from '../steady-requests.ts';
import type { Tour } from '../tour.ts';

const DOWN_MS = 500;
const LOG_WITHIN_MS = 15_000;
const PAUSE_MS = 20;
const FLOW = 'demo';
const KEY = `${WEB.ip} . tcp . ${WEB.port}`;

/** The program is ended and started again while requests go on. */
export async function restart(tour: Tour): Promise<void> {
  const { world, narrator } = tour;
  const what = 'The requests of step 4 go on, and a connection that was opened before stays open.';
  narrator.step('6. sluice is restarted', what);
  const { outpost, argument } = begin({ from: 'pod-b', to: ADDRESSES.webClusterIP });
  const { timeout } = argument;
  const opened = await world.outpost(outpost).call('openFlow', { ...argument, name: FLOW, proto: 'tcp' });
  const streams = [
    new SteadyRequests(world, { from: 'pod-b', to: ADDRESSES.webClusterIP }),
    new SteadyRequests(world, { from: 'client', to: ADDRESSES.webNodePort }),
  ];
  try {
    await replace(tour, streams);
  } finally {
    await Promise.all(streams.map(stream => stream.stop()));
  }
  const failures = streams.flatMap(stream => stream.failures);
  const total = streams.reduce((sum, stream) => sum + stream.count(), 0);
  const problem = failures.length ? `failed: ${counted(failures)}` : undefined;
  narrator.check(`${total} requests in all, ${failures.length} of them failed`, problem);
  const asked = await world.outpost(outpost).call('askFlow', { name: FLOW, timeout });
  const [before, after] = [opened, asked].map(seen => (seen.error === undefined ? seen.who : seen.error));
  const same = before === after && asked.error === undefined ? undefined : `it was with ${before}, now: ${after}`;
  narrator.check(`the open connection is still with ${after}`, same);
}

async function replace({ stage, world, narrator }: Tour, streams: readonly SteadyRequests[]): Promise<void> {
  const before = await imprint(world);
  const first = world.proxy.pid;
  const stoppedMs = performance.now();
  await world.proxy.stop('SIGTERM');
  const endedMs = performance.now();
  narrator.check(`SIGTERM: the process ended after ${milliseconds(endedMs - stoppedMs)}`);
  await sleep(DOWN_MS);
  const isSame = (await imprint(world)) === before;
  narrator.check('the rules stay in the kernel, all as they were', isSame ? undefined : 'they have changed');
  const startedMs = performance.now();
  const during = streams.reduce((sum, stream) => sum + stream.count(endedMs, startedMs), 0);
  narrator.check(`${during} requests were sent while no sluice ran`, during ? undefined : 'there should be some');

  const connections = await countedBy(world, 'services', KEY);
  world.proxy.start();
  const line = await firstRunOf(world.proxy.log, first, () => world.mustRun());
  const wrote = / transactions=(\d+) added=(\d+) deleted=(\d+) /.exec(line);
  const nothing = wrote?.slice(1).every(number => number === '0');
  const readyMs = performance.now() - startedMs;
  narrator.check(`the new process found nothing to write, ${milliseconds(readyMs)} after its start; it logged:`, nothing ? undefined : line);
  narrator.tell(`  ${line.replace(/^.*?\] /, '')}`);
  const isStillSame = (await imprint(world)) === before;
  const counts = await countedBy(world, 'services', KEY);
  const untouched = isStillSame ? undefined : 'they are not the same as before';
  const reset = counts < connections ? `it fell to ${counts}` : undefined;
  narrator.check('the kernel agrees: the same rules and elements under the same handles', untouched);
  narrator.check(`and the counter of ${KEY} counts on: ${connections} before, now ${counts}`, reset);

  stage.apply(webEndpoints('pod-a', 'remote-a', 'remote-b'));
  const toPodA = { backends: ['pod-a'], exactly: false };
  const backMs = await waitFor(world, { from: 'pod-b', to: ADDRESSES.webClusterIP }, toPodA);
  narrator.check(`it is at work: pod-a came back and had a request ${milliseconds(backMs)} later`);
}

/** The line on what the first run of a process came to, of another process than the first. */
async function firstRunOf(log: string, first: number, mustRun: () => void): Promise<string> {
  const deadline = performance.now() + LOG_WITHIN_MS;
  while (performance.now() < deadline) {
    const lines = (await readFile(log, 'utf8')).split('\n');
    const line = lines.find(one => one.includes('reasons=["start"') && !one.includes(` ${first} `));
    if (line !== undefined) return line;
    mustRun();
    await sleep(PAUSE_MS);
  }
  throw new Error(`the new process did not log its first run within ${LOG_WITHIN_MS / 1000} s`);
}
