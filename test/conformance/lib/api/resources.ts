// The resources that the API server double knows.

export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
  /** Whether it has a status subresource. */
  readonly status: boolean;
  readonly apiVersion: string;
  readonly key: string;
}

const resource = (
  group: string,
  version: string,
  plural: string,
  kind: string,
  { namespaced = true, status = false } = {},
): Resource => ({
  group,
  version,
  plural,
  kind,
  namespaced,
  status,
  apiVersion: group ? `${group}/${version}` : version,
  key: group ? `${plural}.${group}` : plural,
});

export const RESOURCES: readonly Resource[] = [
  resource('', 'v1', 'services', 'Service', { status: true }),
  resource('', 'v1', 'nodes', 'Node', { namespaced: false, status: true }),
  resource('', 'v1', 'namespaces', 'Namespace', { namespaced: false, status: true }),
  resource('', 'v1', 'events', 'Event'),
  resource('discovery.k8s.io', 'v1', 'endpointslices', 'EndpointSlice'),
  resource('networking.k8s.io', 'v1', 'servicecidrs', 'ServiceCIDR', { namespaced: false, status: true }),
  resource('networking.k8s.io', 'v1', 'ipaddresses', 'IPAddress', { namespaced: false }),
  resource('events.k8s.io', 'v1', 'events', 'Event'),
];

/** The resource of an object, told by its kind (and its group, where given); throws for a kind that is not served. */
export function resourceOf({ kind, apiVersion }: { kind?: string; apiVersion?: string }): Resource {
  const found = RESOURCES.find(r => r.kind === kind && (!apiVersion || r.apiVersion === apiVersion));
  if (!found) throw new Error(`no resource for ${apiVersion ?? '?'} ${kind ?? '?'}`);
  return found;
}

export const VERBS = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'] as const;
export type Verb = (typeof VERBS)[number];
