/** What the kernel has counted for a virtual server of IPVS, or for one of its real servers. */
export interface ServerStatistics {
  /** `TCP`, `UDP`, `SCTP` */
  readonly protocol: string;
  /** `10.96.0.1:80`, `[fd00::1]:80` */
  readonly virtualServer: string;
  /** Undefined: of the virtual server itself. */
  readonly realServer: string | undefined;
  readonly connections: number;
  readonly incomingPackets: number;
  readonly outgoingPackets: number;
  readonly incomingBytes: number;
  readonly outgoingBytes: number;
  /** Of a real server; 0: it gets no new connections. Of a virtual server the sum. */
  readonly weight: number;
  /** Established ones of TCP. */
  readonly activeConnections: number;
  /** All others, and those of other protocols. */
  readonly inactiveConnections: number;
}

/** Where they are read. */
export interface StatisticsSource {
  /** Reads those of the virtual servers that are ours: each before its real servers. @throws Error */
  readStatistics(): Promise<readonly ServerStatistics[]>;
}
