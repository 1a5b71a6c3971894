// What one attempt to reach something led to. Keep in step with what outpost/servers.ts sends.

/** A server's answer: who it is, and what it saw. */
export interface Answer {
  readonly who: string;
  /** The address that the packet seemed to come from. */
  readonly from: string;
  readonly fromPort: number;
  readonly dst: string;
  readonly dstPort: number;
  readonly proto: 'tcp' | 'udp' | 'sctp';
  /** What a UDP server was sent. */
  readonly echo?: string;
  /** The asker's own address. */
  readonly local?: string | undefined;
  readonly error?: undefined;
}

export interface NoAnswer {
  /** `refused`, `timeout`, `unreachable` and the like; see outpost/probes.ts. */
  readonly error: string;
  readonly local?: string | undefined;
}

export type Sighting = Answer | NoAnswer;

export const isAnswer = (seen: Sighting): seen is Answer => seen.error === undefined;
