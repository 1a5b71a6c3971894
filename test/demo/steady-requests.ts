import { setTimeout as sleep } from 'node:timers/promises';
import { judge } from '../conformance/lib/expectations.ts';
import type { Expectation } from '../conformance/lib/expectations.ts';
import { isAnswer } from '../conformance/lib/sighting.ts';
import type { Sighting } from '../conformance/lib/sighting.ts';
import type { World } from '../conformance/lib/world.ts';
import { beginningOf, counted, resultOf } from './requests.ts';
import type { Route } from './requests.ts';

const PERIOD_MS = 5;
/** Shorter than the second after which TCP sends again: what gets through is a request that found its way at once. */
const POLL_TIMEOUT_MS = 250;
const POLL_WITHIN_MS = 10_000;

interface Request {
  /** `performance.now()` when it was sent. */
  readonly sentMs: number;
  /** Undefined while it is under way. */
  seen?: Sighting;
}

/** One new connection after the other at a steady pace, with a note of what each of them led to. */
export class SteadyRequests {
  readonly #send: () => Promise<Sighting>;
  readonly #requests: Request[] = [];
  readonly #pending = new Set<Promise<void>>();
  readonly #timer: NodeJS.Timeout;

  /** The first request is sent after one period; the timeout, in milliseconds, is that of each. */
  constructor(world: World, route: Route, timeout?: number) {
    const { outpost, argument } = beginningOf(route, timeout);
    this.#send = async () => {
      try {
        const [seen] = await world.outpost(outpost).call('probe', argument);
        return seen ?? { error: 'no request' };
      } catch (error) {
        return { error: error instanceof Error ? error.message : String(error) };
      }
    };
    this.#timer = setInterval(() => {
      const request: Request = { sentMs: performance.now() };
      this.#requests.push(request);
      const pending = this.#follow(request).finally(() => this.#pending.delete(pending));
      this.#pending.add(pending);
    }, PERIOD_MS);
  }

  async #follow(request: Request): Promise<void> {
    request.seen = await this.#send();
  }

  /** Sends no more, and waits for the answers that are due. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#pending);
  }

  /** What the requests led to that were sent in this time. */
  seen(sinceMs = -Infinity, untilMs = Infinity): Sighting[] {
    const sent = this.#requests.filter(({ sentMs }) => sentMs >= sinceMs && sentMs < untilMs);
    return sent.flatMap(({ seen }) => seen ?? []);
  }

  /** When the first request was sent that led to what is expected; undefined if none did. */
  first(expect: Expectation, sinceMs = -Infinity): number | undefined {
    const isIt = ({ sentMs, seen }: Request) => sentMs >= sinceMs && seen && judge([seen], expect) === undefined;
    return this.#requests.find(isIt)?.sentMs;
  }

  /** When the last request was sent that this host answered; undefined if it answered none. */
  lastTo(host: string): number | undefined {
    return this.#requests.findLast(({ seen }) => seen && isAnswer(seen) && seen.who === host)?.sentMs;
  }
}

/** How many of these were answered, in words, and the problem with it where not all were. */
export function answered(seen: readonly Sighting[]): [text: string, problem?: string] {
  const failed = seen.filter(one => !isAnswer(one));
  const text = `${seen.length} requests, ${failed.length} failed`;
  return failed.length ? [text, counted(failed.map(resultOf))] : [text];
}

/**
 * Sends requests until one leads to what is expected.
 * @returns milliseconds from the call until that one was sent
 * @throws Error where that takes too long, and when the program has ended
 */
export async function waitFor(world: World, route: Route, expect: Expectation): Promise<number> {
  const beganMs = performance.now();
  const requests = new SteadyRequests(world, route, POLL_TIMEOUT_MS);
  try {
    for (;;) {
      const firstMs = requests.first(expect);
      if (firstMs !== undefined) return firstMs - beganMs;
      world.mustRun();
      if (performance.now() - beganMs > POLL_WITHIN_MS) {
        const results = counted(requests.seen().slice(-10).map(resultOf));
        throw new Error(`requests from ${route.from} to ${route.to} do not get there (the last ones: ${results})`);
      }
      await sleep(PERIOD_MS);
    }
  } finally {
    await requests.stop();
  }
}
