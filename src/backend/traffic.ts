import type { Family } from '../model/ip.ts';

/** A port of a Service in one family, by name: what traffic is counted for. */
export interface TrafficPort {
  readonly family: Family;
  /** `ns/name` */
  readonly service: string;
  /** The port's name, or its number where it has none. */
  readonly port: string;
  /** `TCP`, `UDP`, `SCTP` */
  readonly protocol: string;
}

/** What became of packets that begin a connection: sent to an endpoint, or turned away since there is none to use. */
export type TrafficOutcome = 'forwarded' | 'rejected' | 'dropped';

export interface TrafficIncrement extends TrafficPort {
  readonly outcome: TrafficOutcome;
  /** First packets of connections. A client that is dropped sends its first packet several times. */
  readonly packets: number;
}

/** Where the kernel's counters are read. */
export interface TrafficSource {
  /**
   * Reads them; not to be called again before it is done.
   * @returns what was counted since the last call, or since the start of this process; nothing for ports without traffic
   * @throws Error where they cannot be read; then nothing is lost
   */
  readIncrements(): Promise<readonly TrafficIncrement[]>;

  /** Whether there is such a port now. */
  has(port: TrafficPort): boolean;
}
