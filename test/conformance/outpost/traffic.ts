// Continuous traffic: new connections (or datagrams) at a steady pace until told to stop, with every failure noted.

import { tcpOnce, udpOnce } from './probes.ts';
import type { Attempt } from './probes.ts';

export interface TrafficRequest extends Attempt {
  readonly name: string;
  readonly proto?: 'tcp' | 'udp' | undefined;
  /** Milliseconds from one attempt to the next. */
  readonly period?: number | undefined;
}

export interface TrafficReport {
  readonly attempts: number;
  /** Milliseconds after the start. */
  readonly failures: readonly { readonly after: number; readonly error: string }[];
  /** How often each host answered. */
  readonly backends: Readonly<Record<string, number>>;
  readonly seconds: number;
}

class Stream {
  readonly #started = Date.now();
  readonly #pending = new Set<Promise<void>>();
  readonly #timer: NodeJS.Timeout;
  readonly #failures: { after: number; error: string }[] = [];
  readonly #backends: Record<string, number> = {};
  #attempts = 0;

  constructor({ proto, period = 20, ...target }: TrafficRequest) {
    const once = proto === 'udp' ? udpOnce : tcpOnce;
    const attempt = async () => {
      const after = Date.now() - this.#started;
      const seen = await once(target);
      if (seen.error === undefined) this.#backends[seen.who] = (this.#backends[seen.who] ?? 0) + 1;
      else this.#failures.push({ after, error: seen.error });
    };
    this.#timer = setInterval(() => {
      this.#attempts += 1;
      const pending = attempt().finally(() => this.#pending.delete(pending));
      this.#pending.add(pending);
    }, period);
  }

  async stop(): Promise<TrafficReport> {
    clearInterval(this.#timer);
    await Promise.all(this.#pending);
    const seconds = (Date.now() - this.#started) / 1000;
    return { attempts: this.#attempts, failures: this.#failures, backends: this.#backends, seconds };
  }
}

const streams = new Map<string, Stream>();

/** Begins traffic under a name. */
export function startTraffic(request: TrafficRequest): void {
  streams.set(request.name, new Stream(request));
}

/** Ends the traffic of this name, once its last attempts have ended; throws where there is none. */
export async function stopTraffic({ name }: { readonly name: string }): Promise<TrafficReport> {
  const stream = streams.get(name);
  if (!stream) throw new Error(`no such traffic: ${name}`);
  streams.delete(name);
  return stream.stop();
}

/** Ends all traffic. */
export async function stopAllTraffic(): Promise<void> {
  await Promise.all([...streams.keys()].map(name => stopTraffic({ name })));
}
