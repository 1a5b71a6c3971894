import type { Logger } from 'pino';
import type { TrafficIncrement, TrafficSource } from '../backend/traffic.ts';
import { familyLabel } from '../model/ip.ts';
import type { Family } from '../model/ip.ts';
import { BoundedTotals, type Labels } from './bounded-totals.ts';
import { PacedReading } from './paced-reading.ts';

export interface ServiceTrafficOptions {
  readonly source: TrafficSource;
  /** Milliseconds, of a clock that is never set. */
  readonly now: () => number;
  /** Of series, for connections and for packets that were turned away each. */
  readonly seriesLimit?: number;
  readonly logger: Logger;
}

/** What is known of the last reading of the counters. */
export interface TrafficReading {
  /** Milliseconds since 1970. */
  readonly timeMs: number;
  readonly durationSeconds: number;
}

const SERIES_LIMIT = 1000;

const OTHER = '(other)';
const inOverflow = (labels: Labels): Labels => ({
  ...labels,
  service_namespace: OTHER,
  service_name: OTHER,
  service_port: OTHER,
});

/**
 * Traffic of service ports, added up from the kernel's counters. They are read beside the loop, when somebody wants to know, and not too
 * often; who asks gets what was read before, and does not wait.
 */
export class ServiceTraffic {
  readonly connections: BoundedTotals;
  /** Packets that were turned away for lack of endpoints. */
  readonly unavailable: BoundedTotals;
  readonly #options: ServiceTrafficOptions;
  readonly #paced: PacedReading;
  #reading: TrafficReading | undefined;

  constructor(options: ServiceTrafficOptions) {
    const limit = options.seriesLimit ?? SERIES_LIMIT;
    this.#options = options;
    this.connections = new BoundedTotals(limit, inOverflow);
    this.unavailable = new BoundedTotals(limit, inOverflow);
    this.#paced = new PacedReading({
      now: options.now,
      read: () => this.#read(),
      onFailure: error =>
        options.logger.warn({ err: error }, 'the counters of Services cannot be read; tried again later'),
    });
  }

  /** The last one that succeeded. */
  get reading(): TrafficReading | undefined {
    return this.#reading;
  }

  get failures(): number {
    return this.#paced.failures;
  }

  /** Somebody wants to know: has the counters read, unless that was done a short time ago or is being done. Never throws. */
  wanted(): void {
    this.#paced.wanted();
  }

  async #read(): Promise<void> {
    const { source, now } = this.#options;
    const began = now();
    for (const increment of await source.readIncrements()) this.#add(increment);
    this.#prune();
    this.#reading = { timeMs: Date.now(), durationSeconds: (now() - began) / 1000 };
  }

  #add({ family, service, port, protocol, outcome, packets }: TrafficIncrement): void {
    const [namespace = '', name = ''] = service.split('/');
    const labels = {
      ip_family: familyLabel[family],
      service_namespace: namespace,
      service_name: name,
      service_port: port,
      protocol,
    };
    if (outcome === 'forwarded') this.connections.add(labels, packets);
    else this.unavailable.add({ ...labels, action: outcome === 'rejected' ? 'reject' : 'drop' }, packets);
  }

  #prune(): void {
    const isGone = (labels: Labels): boolean =>
      !this.#options.source.has({
        family: familyOf(labels['ip_family']),
        service: `${labels['service_namespace']}/${labels['service_name']}`,
        port: labels['service_port'] ?? '',
        protocol: labels['protocol'] ?? '',
      });
    this.connections.prune(isGone);
    this.unavailable.prune(isGone);
  }
}

const familyOf = (label: string | undefined): Family => (label === familyLabel.ipv6 ? 'ipv6' : 'ipv4');
