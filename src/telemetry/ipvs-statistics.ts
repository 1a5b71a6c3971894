import type { Logger } from 'pino';
import type { ServerStatistics, StatisticsSource } from '../backend/server-statistics.ts';
import { PacedReading } from './paced-reading.ts';

export interface IpvsStatisticsOptions {
  readonly source: StatisticsSource;
  /** Milliseconds, of a clock that is never set. */
  readonly now: () => number;
  readonly serverLimit?: number;
  readonly realServerLimit?: number;
  readonly logger: Logger;
}

/** A node of a large cluster would have tens of thousands otherwise. */
const SERVER_LIMIT = 1000;
const REAL_SERVER_LIMIT = 2000;

/** The numbers of IPVS, read beside the loop when somebody wants to know, and not too often; who asks gets what was read before. */
export class IpvsStatistics {
  readonly #options: IpvsStatisticsOptions;
  #servers: readonly ServerStatistics[] = [];
  #omitted = 0;
  #restarts = 0;
  readonly #reading: PacedReading;

  constructor(options: IpvsStatisticsOptions) {
    const { source, now, logger } = options;
    this.#options = options;
    this.#reading = new PacedReading({
      now,
      read: async () => this.#take(await source.readStatistics()),
      onFailure: error => logger.warn({ err: error }, 'the counters of IPVS cannot be read; tried again later'),
    });
  }

  /** At most so many as the limits say, those that the kernel lists first. */
  get servers(): readonly ServerStatistics[] {
    return this.#servers;
  }

  /** How many virtual and real servers are not among them. */
  get omitted(): number {
    return this.#omitted;
  }

  /** How often the program that takes commands had to be started anew. */
  get restarts(): number {
    return this.#restarts;
  }

  countRestart(): void {
    this.#restarts += 1;
  }

  /** Somebody wants to know. Never throws. */
  wanted(): void {
    this.#reading.wanted();
  }

  #take(all: readonly ServerStatistics[]): void {
    const { serverLimit = SERVER_LIMIT, realServerLimit = REAL_SERVER_LIMIT } = this.#options;
    const servers = all.filter(({ realServer }) => realServer === undefined).slice(0, serverLimit);
    const real = all.filter(({ realServer }) => realServer !== undefined).slice(0, realServerLimit);
    this.#servers = [...servers, ...real];
    this.#omitted = all.length - this.#servers.length;
  }
}
