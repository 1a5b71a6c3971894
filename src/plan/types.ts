import type { Endpoint } from '../model/endpoint.ts';
import type { Cidr, Family } from '../model/ip.ts';
import type { Protocol, ServicePort, TrafficPolicy } from '../model/service-port.ts';
import type { Problem } from '../kube/types.ts';

/** What of this node decides how a Service is forwarded. */
export interface NodeView {
  readonly name: string;
  readonly zone: string | undefined;
  /** Primary address of each family, canonical; undefined where the node has none. */
  readonly addresses: Readonly<Record<Family, string | undefined>>;
  /** The operator does not want externalIPs of Services to be forwarded (feature gate AllowServiceExternalIPs). */
  readonly ignoresExternalIPs?: boolean;
}

export interface RealServer {
  readonly address: string;
  readonly port: number;
  readonly isLocal: boolean;
  /** Which share of new connections it is to get, in mode ipvs, by schedulers that go by weights; not set: 1. */
  readonly weight?: number;
}

export type LeftOutReason =
  | 'not-ready' // neither ready nor serving while terminating
  | 'terminating' // usable only while nothing is ready
  | 'not-in-zone' // hints keep it for another zone
  | 'not-on-node' // hints keep it for another node
  | 'not-local' // policy Local and it is elsewhere
  | 'duplicate'; // another slice entry of the same address:port was taken

export interface LeftOut {
  readonly endpoint: Endpoint;
  /** Which use of the Service port leaves it out. */
  readonly from: TrafficPolicy;
  readonly reason: LeftOutReason;
}

export type VirtualServerKind = 'ClusterIP' | 'ExternalIP' | 'LoadBalancer' | 'NodePort';

/**
 * One address:port/protocol that clients dial.
 *
 * `forward` tells where packets go:
 * - `cluster`: to any of `clusterEndpoints`; masqueraded if `masquerade`
 * - `local`: to `localEndpoints`, source preserved; for an external one traffic of local pods and of this host takes a
 *   short cut to `clusterEndpoints` (the host's masqueraded)
 * - `none`: not at all
 * `unavailable` is what meets a packet that nobody forwarded: with `forward: 'local'` of an external one it can be set
 * together with it, when only the short cuts work.
 */
export interface VirtualServer {
  readonly kind: VirtualServerKind;
  /** Canonical; undefined for a NodePort, which is at every NodePort address of the node. */
  readonly address: string | undefined;
  readonly port: number;
  readonly protocol: Protocol;
  readonly forward: TrafficPolicy | 'none';
  readonly unavailable: 'reject' | 'drop' | undefined;
  /** Always masquerade (external traffic policy Cluster). Off-cluster traffic to ClusterIPs is the backend's own rule. */
  readonly masquerade: boolean;
  /** Only sources in here may use it, before all else; undefined: all may. Without CIDRs that others cover. */
  readonly sourceRanges: readonly Cidr[] | undefined;
}

export interface ServicePortPlan {
  readonly servicePort: ServicePort;
  /** Sorted by address:port text; what is used under policy Cluster, terminating fall-back and hints applied. */
  readonly clusterEndpoints: readonly RealServer[];
  /** The same under policy Local: on this node. Empty where no policy Local counts. */
  readonly localEndpoints: readonly RealServer[];
  /** There is some endpoint that could serve, here or elsewhere. */
  readonly hasEndpoints: boolean;
  readonly leftOut: readonly LeftOut[];
  readonly virtualServers: readonly VirtualServer[];
  /** Serving endpoints, address:port text: whom UDP flows may go on with, whatever policies and hints say. Empty for other protocols. */
  readonly servingEndpoints: readonly string[];
}

/** What this node does for one Service in one family. Deeply equal for equal input, in the same order. */
export interface ServicePlan {
  /** `ns/name`. */
  readonly service: string;
  readonly family: Family;
  /** Sorts before that of a younger Service: creation time, then `ns/name`. */
  readonly seniority: string;
  readonly ports: readonly ServicePortPlan[];
  readonly healthCheckNodePort: number;
  /** Distinct addresses of ready endpoints on this node, over all ports: what the health check server tells. */
  readonly localReadyEndpoints: number;
  readonly problems: readonly Problem[];
}
