import { sleep } from '../../conformance/lib/exec.ts';
import { milliseconds } from '../narrator.ts';
import { counted } from '../requests.ts';
import { ADDRESSES, webEndpoints } from '../services.ts';
import { SteadyRequests } from '../steady-requests.ts';
import type { Tour } from '../tour.ts';

const BEFORE_MS = 400;
const WITHIN_MS = 5000;
/** A host that answers a third of 200 requests a second and is not heard of for so long gets none any more. */
const SILENCE_MS = 600;
const PAUSE_MS = 10;

/** A Service is scaled up and down while requests go on. */
export async function scale({ stage, world, narrator }: Tour): Promise<void> {
  const where = `${ADDRESSES.webClusterIP} from pod-b and to ${ADDRESSES.webNodePort} from outside`;
  narrator.step('4. web is scaled while requests go on', `A new connection every 5 ms to ${where}.`);
  const streams = [
    new SteadyRequests(world, { from: 'pod-b', to: ADDRESSES.webClusterIP }),
    new SteadyRequests(world, { from: 'client', to: ADDRESSES.webNodePort }),
  ];
  try {
    await sleep(BEFORE_MS);
    narrator.tell(`2 endpoints: ${counted(streams.flatMap(stream => stream.answers()))}`);

    const grownMs = performance.now();
    stage.apply(webEndpoints('pod-a', 'remote-a', 'remote-b'));
    await until(() => streams.every(stream => stream.firstTo('remote-b', grownMs) !== undefined));
    const firstMs = Math.max(...streams.map(stream => stream.firstTo('remote-b', grownMs) ?? Infinity)) - grownMs;
    const isThere = Number.isFinite(firstMs);
    await sleep(BEFORE_MS);
    narrator.tell(`3 endpoints: ${counted(streams.flatMap(stream => stream.answers(grownMs)))}`);
    const added = `remote-b was added: it had its first request on both ways ${milliseconds(firstMs)} later`;
    narrator.check(added, isThere ? undefined : `it had none within ${WITHIN_MS} ms`);

    const shrunkMs = performance.now();
    stage.apply(webEndpoints('remote-a', 'remote-b'));
    const lastMs = () => Math.max(...streams.map(stream => stream.lastTo('pod-a') ?? -Infinity));
    const isSilent = () => performance.now() - Math.max(lastMs(), shrunkMs) > SILENCE_MS;
    const isGone = await until(isSilent);
    narrator.tell(`2 endpoints: ${counted(streams.flatMap(stream => stream.answers(Math.max(lastMs(), shrunkMs) + 1)))}`);
    const afterMs = Math.max(0, lastMs() - shrunkMs);
    const removed = `pod-a was removed: the last request that went there was sent ${milliseconds(afterMs)} later`;
    narrator.check(removed, isGone ? undefined : `requests still went there after ${WITHIN_MS} ms`);
  } finally {
    await Promise.all(streams.map(stream => stream.stop()));
  }
  const failures = streams.flatMap(stream => stream.failures);
  const total = streams.reduce((sum, stream) => sum + stream.count(), 0);
  const problem = failures.length ? `failed: ${counted(failures)}` : undefined;
  narrator.check(`${total} requests, ${failures.length} of them failed`, problem);
}

/** Waits until something holds; resolves to false where it takes too long. */
async function until(holds: () => boolean): Promise<boolean> {
  const deadline = performance.now() + WITHIN_MS;
  while (!holds()) {
    if (performance.now() > deadline) return false;
    await sleep(PAUSE_MS);
  }
  return true;
}
