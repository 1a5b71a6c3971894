import { setTimeout as sleep } from 'node:timers/promises';
import { milliseconds } from '../narrator.ts';
import { counted, resultOf } from '../requests.ts';
import { ADDRESSES, webEndpoints } from '../services.ts';
import { answered, SteadyRequests } from '../steady-requests.ts';
import type { Tour } from '../tour.ts';

const A_WHILE_MS = 500;
/** How long a change may take that shows in a few dozen milliseconds on a machine that is not busy. */
const LIMIT_MS = 2000;
/** A host that gets a third of 400 requests a second and is not heard of for so long gets none any more. */
const SILENCE_MS = 600;
const PAUSE_MS = 10;

/** A Service is scaled up and down while requests go on. */
export async function scale({ stage, world, narrator }: Tour): Promise<void> {
  narrator.step(
    '4. web is scaled while requests go on',
    `A new connection every 5 ms from pod-b to ${ADDRESSES.webClusterIP}, and from outside to ${ADDRESSES.webNodePort}.`,
  );
  const streams = [
    new SteadyRequests(world, { from: 'pod-b', to: ADDRESSES.webClusterIP }),
    new SteadyRequests(world, { from: 'client', to: ADDRESSES.webNodePort }),
  ];
  const added = { backends: ['remote-b'] };
  const lastToRemoved = () => Math.max(...streams.map(stream => stream.lastTo('pod-a') ?? -Infinity));
  let grownMs = 0;
  let shrunkMs = 0;
  try {
    await sleep(A_WHILE_MS);
    grownMs = performance.now();
    stage.apply(webEndpoints('pod-a', 'remote-a', 'remote-b'));
    await until(() => streams.every(stream => stream.first(added, grownMs) !== undefined), LIMIT_MS);
    await sleep(A_WHILE_MS);
    shrunkMs = performance.now();
    stage.apply(webEndpoints('remote-a', 'remote-b'));
    await until(() => performance.now() - Math.max(shrunkMs, lastToRemoved()) > SILENCE_MS, LIMIT_MS + SILENCE_MS);
  } finally {
    await Promise.all(streams.map(stream => stream.stop()));
  }
  const seen = (sinceMs: number, untilMs: number) => streams.flatMap(stream => stream.seen(sinceMs, untilMs));
  const tell = (what: string, sinceMs: number, untilMs: number) =>
    narrator.tell(`${what}  ${counted(seen(sinceMs, untilMs).map(resultOf))}`);

  tell('2 endpoints    ', -Infinity, grownMs);
  const firstMs = Math.max(...streams.map(stream => stream.first(added, grownMs) ?? Infinity)) - grownMs;
  narrator.check(
    `remote-b is added: the first requests went there, on both ways, after ${milliseconds(firstMs)}`,
    late(firstMs),
  );
  tell('3 endpoints    ', grownMs, shrunkMs);
  const goneMs = Math.max(shrunkMs, lastToRemoved());
  const lastMs = goneMs - shrunkMs;
  const last = lastMs
    ? `the last request that still went there was sent after ${milliseconds(lastMs)}`
    : 'it got no more';
  narrator.check(`pod-a is removed: ${last}`, late(lastMs));
  tell('the other two  ', goneMs + 0.001, Infinity);
  narrator.check(...answered(seen(-Infinity, Infinity)));
}

/** The problem with something that took so long; undefined if there is none. */
const late = (ms: number): string | undefined =>
  ms < LIMIT_MS ? undefined : `it should have taken less than ${LIMIT_MS} ms`;

/** Waits until something holds, at most so long. */
async function until(holds: () => boolean, withinMs: number): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!holds() && performance.now() < deadline) await sleep(PAUSE_MS);
}
