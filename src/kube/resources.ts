import type { Interner } from './interner.ts';
import { projectEndpointSlice } from './project-endpoint-slice.ts';
import { projectNode } from './project-node.ts';
import { projectServiceCIDR } from './project-service-cidr.ts';
import { projectService } from './project-service.ts';
import { projectWeighted, WEIGHT_LABEL } from './project-weighted.ts';
import type { Projected } from './projection.ts';
import type { EndpointSlice, Node, Service, ServiceCIDR, Weighted } from './types.ts';

/** What is watched, and how it is asked for: the list and the watch must select the same objects. */
export interface Resource<T> {
  /** For logs and metrics; the plural name, where all of a resource is watched. */
  readonly name: string;
  readonly kind: string;
  readonly path: string;
  readonly isNamespaced: boolean;
  readonly labelSelector: string;
  readonly fieldSelector: string;
  /** The field selector only saves traffic, and a server too old for it (it answers 400) may do without. */
  readonly isFieldSelectorOptional: boolean;
  /** A server may lack it (404) or not let us see it (403): then there are none, and nobody has to wait for it. */
  readonly isOptional: boolean;
  readonly project: (raw: unknown) => Projected<T>;
}

const NO_OTHER_PROXY = '!service.kubernetes.io/service-proxy-name';
const NOT_HEADLESS = '!service.kubernetes.io/headless';

/** Services that another proxy takes care of are left out, and (Kubernetes 1.34 on, by the server) headless ones. */
export const servicesResource = (interner: Interner): Resource<Service> => ({
  name: 'services',
  kind: 'Service',
  path: '/api/v1/services',
  isNamespaced: true,
  labelSelector: NO_OTHER_PROXY,
  fieldSelector: 'spec.clusterIP!=None',
  isFieldSelectorOptional: true,
  isOptional: false,
  project: raw => projectService(raw, interner),
});

/** Slices of headless Services, and of Services of another proxy (the label is copied from them), are left out. */
export const endpointSlicesResource = (interner: Interner): Resource<EndpointSlice> => ({
  name: 'endpointslices',
  kind: 'EndpointSlice',
  path: '/apis/discovery.k8s.io/v1/endpointslices',
  isNamespaced: true,
  labelSelector: `${NOT_HEADLESS},${NO_OTHER_PROXY}`,
  fieldSelector: '',
  isFieldSelectorOptional: false,
  isOptional: false,
  project: raw => projectEndpointSlice(raw, interner),
});

/** The one Node of this name. */
export const nodeResource = (nodeName: string, interner: Interner): Resource<Node> => ({
  name: 'nodes',
  kind: 'Node',
  path: '/api/v1/nodes',
  isNamespaced: false,
  labelSelector: '',
  fieldSelector: `metadata.name=${nodeName}`,
  isFieldSelectorOptional: false,
  isOptional: false,
  project: raw => projectNode(raw, interner),
});

/** ServiceCIDRs, in Kubernetes from 1.33 on; before that there are none. */
export const serviceCIDRsResource = (): Resource<ServiceCIDR> => ({
  name: 'servicecidrs',
  kind: 'ServiceCIDR',
  path: '/apis/networking.k8s.io/v1/servicecidrs',
  isNamespaced: false,
  labelSelector: '',
  fieldSelector: '',
  isFieldSelectorOptional: false,
  isOptional: true,
  project: projectServiceCIDR,
});

/** Of Pods, or of all Nodes, those that have a weight for mode ipvs. Whoever may not see them does without. */
export const weightedResource = (kind: 'Pod' | 'Node', interner: Interner): Resource<Weighted> => ({
  name: kind === 'Pod' ? 'weighted-pods' : 'weighted-nodes',
  kind,
  path: kind === 'Pod' ? '/api/v1/pods' : '/api/v1/nodes',
  isNamespaced: kind === 'Pod',
  labelSelector: WEIGHT_LABEL,
  fieldSelector: '',
  isFieldSelectorOptional: false,
  isOptional: true,
  project: raw => projectWeighted(kind, raw, interner),
});

export type Query = Readonly<Record<string, string>>;

type Selectors = Pick<Resource<unknown>, 'labelSelector' | 'fieldSelector'>;

const selectorsOf = ({ labelSelector, fieldSelector }: Selectors): Query => ({
  ...(labelSelector && { labelSelector }),
  ...(fieldSelector && { fieldSelector }),
});

/**
 * Query of a list.
 * @param resourceVersion `0`: whatever the server's cache holds; empty: the newest; else not older than that.
 * @param continueToken of the page before; it carries the version itself.
 */
export function listQuery(selectors: Selectors, resourceVersion: string, continueToken: string): Query {
  if (continueToken !== '') return { ...selectorsOf(selectors), continue: continueToken };
  return { ...selectorsOf(selectors), ...(resourceVersion && { resourceVersion }) };
}

/** Query of a watch that goes on from a version, for so many seconds. */
export const watchQuery = (selectors: Selectors, resourceVersion: string, timeoutSeconds: number): Query => ({
  ...selectorsOf(selectors),
  watch: 'true',
  allowWatchBookmarks: 'true',
  timeoutSeconds: String(timeoutSeconds),
  resourceVersion,
});

/** Query of a watch that begins with the newest full state (KEP-3157, WatchList). */
export const watchListQuery = (selectors: Selectors, timeoutSeconds: number): Query => ({
  ...watchQuery(selectors, '', timeoutSeconds),
  sendInitialEvents: 'true',
  resourceVersionMatch: 'NotOlderThan',
});
