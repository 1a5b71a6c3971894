import type { Family } from '../model/ip.ts';
import type { Protocol, TrafficPolicy } from '../model/service-port.ts';
import type { LeftOutReason, VirtualServerKind } from '../plan/types.ts';

// What explain answers. `-o json` and `-o yaml` print it as it is (docs/explain.md), so names here are part of the interface.

/** A packet, as it is asked about. All addresses are canonical and of one family. */
export interface Packet {
  readonly family: Family;
  /** An address, or `host`: this node itself, by whatever address it sends to there. */
  readonly source: string;
  /** By which interface it comes in, where that was told. */
  readonly interfaceName?: string;
  readonly destination: string;
  readonly port: number;
  readonly protocol: Protocol;
}

export type Verdict = 'forwarded' | 'rejected' | 'dropped' | 'passed';

/** One thing that counted on the way, in the order in which it did. */
export interface Step {
  readonly about:
    | 'source'
    | 'source-ranges'
    | 'claim'
    | 'node-port'
    | 'no-element'
    | 'traffic-policy'
    | 'short-cut'
    | 'hints'
    | 'terminating'
    | 'affinity'
    | 'virtual-server'
    | 'availability'
    | 'cluster-ips'
    | 'masquerade';
  readonly says: string;
  /** The elements and chains that decide it, as nft writes them, or a command of ipvsadm. */
  readonly where?: readonly string[];
}

export interface ChosenEndpoint {
  readonly address: string;
  readonly port: number;
  /** Empty where its slice tells none. */
  readonly node: string;
  readonly isLocal: boolean;
  /** Of new connections of clients without affinity, from 0 to 1; not set where the scheduler of IPVS goes by something else. */
  readonly share?: number;
  /** Whether the endpoint sees an address of this node in place of the source. Not set where no packet is asked about. */
  readonly isMasqueraded?: boolean;
  /** What is particular about it: it terminates, it is reached by itself. */
  readonly notes: readonly string[];
}

export interface LeftOutEndpoint {
  readonly address: string;
  readonly port: number;
  readonly node: string;
  /** Which use of the service port leaves it out. */
  readonly from: TrafficPolicy;
  readonly reason: LeftOutReason | 'weight';
  readonly says: string;
}

/** What happens to a packet. */
export interface Answer {
  /** What had to be assumed, where the question leaves it open; then there is another answer with the other assumption. */
  readonly assumes?: string;
  readonly verdict: Verdict;
  /** One line. */
  readonly summary: string;
  /** `ns/name:port` of the service port that has it, forwarded or not. */
  readonly servicePort?: string;
  readonly kind?: VirtualServerKind;
  readonly trafficPolicy?: TrafficPolicy;
  readonly steps: readonly Step[];
  /** Whom it may go to. */
  readonly endpoints: readonly ChosenEndpoint[];
  readonly leftOut: readonly LeftOutEndpoint[];
}

export interface PacketExplanation {
  readonly packet: Packet;
  /** More than one where the question does not tell all that counts. */
  readonly answers: readonly Answer[];
}

/** A way in to a service port. */
export interface FrontEnd {
  readonly kind: VirtualServerKind;
  /** `10.96.0.10:80`; of a NodePort one for each address of the node that is known. */
  readonly dialled: readonly string[];
  readonly state: 'forwarded' | 'rejected' | 'dropped' | 'taken';
  /** One line: where it goes, or why not. */
  readonly summary: string;
  /** Who has it, where it is taken. */
  readonly takenBy?: string;
  readonly trafficPolicy: TrafficPolicy;
  readonly masquerade: string;
  /** CIDRs that alone may use it; not set: all may. */
  readonly sourceRanges?: readonly string[];
  /** Its elements, as nft writes them, without those of endpoints. Empty where it is taken. */
  readonly elements: readonly string[];
}

export interface ServicePortExplanation {
  /** `ns/name:port` */
  readonly servicePort: string;
  readonly family: Family;
  readonly protocol: Protocol;
  readonly affinityTimeoutSeconds?: number;
  readonly frontEnds: readonly FrontEnd[];
  /** Of mode ipvs, as ipvsadm takes them. */
  readonly virtualServers?: readonly string[];
  /** Whom each traffic policy that counts may choose; not set where it does not count. */
  readonly endpoints: Readonly<Partial<Record<TrafficPolicy, readonly ChosenEndpoint[]>>>;
  readonly leftOut: readonly LeftOutEndpoint[];
  readonly notes: readonly string[];
}

export interface ServiceExplanation {
  /** `ns/name` */
  readonly service: string;
  /** Of the Service; empty where it is not known. */
  readonly type: string;
  /** One line. */
  readonly summary: string;
  readonly ports: readonly ServicePortExplanation[];
  readonly notes: readonly string[];
}
