// The objects of the Kubernetes API that scenarios are made of: the fields that a service proxy may read.

export interface Metadata {
  name: string;
  namespace?: string | undefined;
  labels?: Record<string, string | undefined> | undefined;
  annotations?: Record<string, string> | undefined;
  uid?: string;
  resourceVersion?: string;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  generation?: number;
  [field: string]: unknown;
}

/** Any object; `spec`, `status` and the like are told by the kind. */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind: string;
  readonly metadata: Metadata;
}

export type Protocol = 'TCP' | 'UDP' | 'SCTP';
export type TrafficPolicy = 'Cluster' | 'Local';

export interface ServicePort {
  readonly name: string;
  readonly protocol: Protocol;
  readonly port: number;
  readonly targetPort?: number | string;
  readonly nodePort?: number | undefined;
  readonly appProtocol?: string;
}

export interface LoadBalancerIngress {
  readonly ip?: string;
  readonly hostname?: string;
  readonly ipMode?: 'VIP' | 'Proxy';
}

/** What a scenario may say of a Service beyond its addresses and ports. */
export interface ServiceSettings {
  readonly type?: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName' | undefined;
  readonly ports?: readonly ServicePort[] | undefined;
  readonly externalIPs?: readonly string[] | undefined;
  readonly externalName?: string;
  readonly internalTrafficPolicy?: TrafficPolicy | undefined;
  readonly externalTrafficPolicy?: TrafficPolicy | undefined;
  readonly healthCheckNodePort?: number | undefined;
  readonly loadBalancerClass?: string;
  readonly loadBalancerIP?: string;
  readonly loadBalancerSourceRanges?: readonly string[] | undefined;
  readonly allocateLoadBalancerNodePorts?: boolean;
  readonly publishNotReadyAddresses?: boolean;
  readonly trafficDistribution?: string | undefined;
  readonly selector?: Readonly<Record<string, string>>;
  readonly sessionAffinity?: 'None' | 'ClientIP';
  readonly sessionAffinityConfig?: { readonly clientIP: { readonly timeoutSeconds: number } } | undefined;
  readonly clusterIP?: string | undefined;
  readonly clusterIPs?: readonly string[] | undefined;
  readonly ipFamilies?: readonly ('IPv4' | 'IPv6')[] | undefined;
  readonly ipFamilyPolicy?: 'SingleStack' | 'PreferDualStack' | 'RequireDualStack' | undefined;
}

export interface Service extends KubeObject {
  readonly kind: 'Service';
  readonly spec: ServiceSettings;
  readonly status: { readonly loadBalancer: { readonly ingress?: readonly LoadBalancerIngress[] } };
}

export interface Conditions {
  readonly ready?: boolean | null;
  readonly serving?: boolean | null;
  readonly terminating?: boolean | null;
}

export interface Hints {
  readonly forZones?: readonly { readonly name: string }[];
  readonly forNodes?: readonly { readonly name: string }[];
}

export interface Endpoint {
  readonly addresses: readonly (string | undefined)[];
  readonly conditions: Conditions;
  readonly nodeName?: string;
  readonly zone?: string;
  readonly hints?: Hints;
}

export interface EndpointPort {
  readonly name: string;
  readonly protocol: Protocol;
  readonly port: number;
}

export interface EndpointSlice extends KubeObject {
  readonly kind: 'EndpointSlice';
  readonly addressType: string;
  readonly ports: readonly EndpointPort[];
  readonly endpoints: readonly Endpoint[];
}

export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}

export interface Node extends KubeObject {
  readonly kind: 'Node';
  readonly spec: {
    readonly podCIDR?: string;
    readonly podCIDRs?: readonly string[];
    readonly taints?: readonly Taint[];
  };
  readonly status: {
    readonly addresses: readonly { readonly type: string; readonly address: string }[];
    readonly conditions: readonly { readonly type: string; readonly status: string; readonly reason: string }[];
  };
}
