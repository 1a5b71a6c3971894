// The Kubernetes objects, reduced to the fields that forwarding needs. `kube` makes them while it parses, and the rest
// of an object is dropped at once; manifests of `render` go through the same projection. Strings are as the API server
// sent them: what is lenient or wrong in them is for `model` to judge, by object.

export type Protocol = 'TCP' | 'UDP' | 'SCTP';

/** One of `spec.ports` of a Service. */
export interface ServicePortSpec {
  /** Empty for the one unnamed port. */
  readonly name: string;
  readonly protocol: string;
  readonly port: number;
  /** 0 where there is none. */
  readonly nodePort: number;
}

export interface LoadBalancerIngress {
  readonly ip: string;
  /** `VIP` or `Proxy`; undefined counts as `VIP` (KEP-1860). */
  readonly ipMode: string | undefined;
}

export interface Service {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** RFC 3339, to seconds; of two Services that claim one VIP and port the older wins. */
  readonly creationTimestamp: string;
  readonly type: string;
  readonly clusterIP: string;
  readonly clusterIPs: readonly string[];
  /** `IPv4`, `IPv6`; parallel to clusterIPs. */
  readonly ipFamilies: readonly string[];
  readonly ports: readonly ServicePortSpec[];
  readonly externalIPs: readonly string[];
  readonly loadBalancerIngress: readonly LoadBalancerIngress[];
  readonly loadBalancerSourceRanges: readonly string[];
  /** `Cluster`, `Local` or empty. */
  readonly externalTrafficPolicy: string;
  readonly internalTrafficPolicy: string;
  readonly healthCheckNodePort: number;
  /** `ClientIP`, `None` or empty. */
  readonly sessionAffinity: string;
  /** Undefined where the API server sent none. */
  readonly affinityTimeoutSeconds: number | undefined;
  /** Annotations `sluice/ipvs-scheduler` and `sluice/ipvs-scheduler-flags`, empty where one is missing; not set where both are. */
  readonly ipvs?: { readonly scheduler: string; readonly schedulerFlags: string };
}

export interface EndpointSlicePort {
  readonly name: string;
  readonly protocol: string;
  readonly port: number;
}

export interface SliceEndpoint {
  /** `addresses[0]`: kube-proxy reads no other. */
  readonly address: string;
  readonly traits: EndpointTraits;
}

/** What of an endpoint thousands have in common: they share one object. */
export interface EndpointTraits {
  /** nil conditions are already resolved: ready and serving default to true, terminating to false. */
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
  /** Empty where none is told. */
  readonly nodeName: string;
  /** Names of `hints.forZones` and `hints.forNodes`; empty is the same as none. */
  readonly zoneHints: readonly string[];
  readonly nodeHints: readonly string[];
}

export interface EndpointSlice {
  readonly namespace: string;
  readonly name: string;
  /** Label `kubernetes.io/service-name`; empty where it is missing. */
  readonly serviceName: string;
  /** `IPv4`, `IPv6` or `FQDN`. */
  readonly addressType: string;
  /** Ports without a name or a number are left out. */
  readonly ports: readonly EndpointSlicePort[];
  /** Endpoints without an address are left out. */
  readonly endpoints: readonly SliceEndpoint[];
  /** Annotation `sluice/ipvs-weight`; not set where it is missing. */
  readonly ipvsWeight?: string;
  /** Annotation `endpoints.kubernetes.io/last-change-trigger-time`, in milliseconds since 1970; undefined where it is missing or unparsable. */
  readonly triggerTimeMs: number | undefined;
}

export interface Node {
  readonly name: string;
  readonly uid: string;
  /** Label `topology.kubernetes.io/zone`; undefined where it is missing. */
  readonly zone: string | undefined;
  /** InternalIPs in order, then ExternalIPs in order. */
  readonly addresses: readonly string[];
  readonly podCIDRs: readonly string[];
  /** Taint `ToBeDeletedByClusterAutoscaler`, or a deletionTimestamp. */
  readonly isBeingDeleted: boolean;
  /** `v1.36.2`; empty where the kubelet has not told it. */
  readonly kubeletVersion: string;
}

/** A Pod or Node with the label `sluice/ipvs-weight`, which is all that is watched of Pods and of other Nodes. */
export interface Weighted {
  readonly kind: 'Pod' | 'Node';
  /** `ns/name` of a Pod. */
  readonly key: string;
  /** The label's value. */
  readonly weight: string;
  /** Of a Pod; none where they are those of its node, or where it has ended. */
  readonly addresses: readonly string[];
}

export interface ServiceCIDR {
  readonly name: string;
  readonly cidrs: readonly string[];
}

/** What is wrong in one object; it costs that object (or that part of it) and nothing else. */
export interface Problem {
  /** `Service default/web`, `EndpointSlice default/web-abc`. */
  readonly object: string;
  /** The field as one would write it in a manifest: `spec.externalIPs[0]`. */
  readonly field: string;
  readonly message: string;
}
