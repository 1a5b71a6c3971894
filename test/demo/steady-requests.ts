import type { Outpost } from '../conformance/lib/outpost.ts';
import type { Attempt } from '../conformance/outpost/probes.ts';
import type { World } from '../conformance/lib/world.ts';
import { begin } from './requests.ts';
import type { Route } from './requests.ts';

const PERIOD_MS = 5;

interface Request {
  /** `performance.now()` when it was sent. */
  readonly sentMs: number;
  /** Who answered; undefined if nobody did, or not yet. */
  who?: string;
  error?: string;
}

/** One new connection after the other at a steady pace, with a note of who answered each of them. */
export class SteadyRequests {
  readonly #outpost: Outpost;
  readonly #argument: Attempt;
  readonly #requests: Request[] = [];
  readonly #pending = new Set<Promise<void>>();
  readonly #timer: NodeJS.Timeout;

  constructor(world: World, route: Route) {
    const { outpost, argument } = begin(route);
    this.#outpost = world.outpost(outpost);
    this.#argument = argument;
    this.#timer = setInterval(() => {
      const request: Request = { sentMs: performance.now() };
      this.#requests.push(request);
      const pending = this.#send(request).finally(() => this.#pending.delete(pending));
      this.#pending.add(pending);
    }, PERIOD_MS);
  }

  async #send(request: Request): Promise<void> {
    try {
      const [seen] = await this.#outpost.call('probe', this.#argument);
      if (seen?.error === undefined) request.who = seen?.who ?? '';
      else request.error = seen.error;
    } catch (error) {
      request.error = error instanceof Error ? error.message : String(error);
    }
  }

  /** Sends no more, and waits for the answers that are due. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#pending);
  }

  /** Who answered the requests that were sent at or after this time. */
  answers(sinceMs = -Infinity): string[] {
    return this.#requests.flatMap(({ sentMs, who }) => (who !== undefined && sentMs >= sinceMs ? [who] : []));
  }

  /** How many were sent in this time. */
  count(sinceMs = -Infinity, untilMs = Infinity): number {
    return this.#requests.filter(({ sentMs }) => sentMs >= sinceMs && sentMs < untilMs).length;
  }

  /** How those failed that got no answer. */
  get failures(): string[] {
    return this.#requests.flatMap(({ error }) => error ?? []);
  }

  /** When the first request was sent that this host answered; undefined if it answered none since. */
  firstTo(host: string, sinceMs: number): number | undefined {
    return this.#requests.find(({ sentMs, who }) => who === host && sentMs >= sinceMs)?.sentMs;
  }

  /** When the last request was sent that this host answered; undefined if it never answered. */
  lastTo(host: string): number | undefined {
    return this.#requests.findLast(({ who }) => who === host)?.sentMs;
  }
}
