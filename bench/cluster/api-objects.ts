// The objects of a measurement as an API server would send them: with managed fields, annotations and references, which
// a proxy has to read past. About 1.6 KB a Service, 1.1 KB and 0.3 KB for each endpoint a slice.

import { createHash } from 'node:crypto';
import {
  clusterIP,
  NODE_ADDRESS,
  NODE_NAME,
  nodePortOf,
  SERVICE_CIDR,
  SERVICE_PORT,
  TARGET_PORT,
} from './addressing.ts';

type Json = Readonly<Record<string, unknown>>;

const CREATED = '2026-05-04T08:00:00Z';
const NAMESPACES = 200;
const NODES = 500;

const uid = (text: string): string => {
  const hex = createHash('md5').update(text).digest('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
};

const fields = (...names: string[]): Json => Object.fromEntries(names.map(name => [name, {}]));

const managed = (manager: string, apiVersion: string, fieldsV1: Json): Json => ({
  manager,
  operation: 'Update',
  apiVersion,
  time: CREATED,
  fieldsType: 'FieldsV1',
  fieldsV1,
});

const namespaceOf = (i: number): string => `team-${String(i % NAMESPACES).padStart(3, '0')}`;
const nameOf = (i: number): string => `service-${String(i).padStart(6, '0')}`;

/** `namespace/name` of Service i. */
export const serviceKey = (i: number): string => `${namespaceOf(i)}/${nameOf(i)}`;

const labelsOf = (i: number): Json => ({
  'app.kubernetes.io/instance': nameOf(i),
  'app.kubernetes.io/managed-by': 'Helm',
  'app.kubernetes.io/name': 'web',
  'app.kubernetes.io/version': '1.4.2',
  'helm.sh/chart': 'web-1.4.2',
});

/** Service i. */
export function serviceObject(i: number, resourceVersion: string): Json {
  const [namespace, name, nodePort] = [namespaceOf(i), nameOf(i), nodePortOf(i)];
  const port = { name: 'http', protocol: 'TCP', port: SERVICE_PORT, targetPort: TARGET_PORT };
  const spec = {
    ports: [{ ...port, ...(nodePort && { nodePort }) }],
    selector: { 'app.kubernetes.io/instance': name, 'app.kubernetes.io/name': 'web' },
    clusterIP: clusterIP(i),
    clusterIPs: [clusterIP(i)],
    type: nodePort ? 'NodePort' : 'ClusterIP',
    sessionAffinity: 'None',
    ...(nodePort && { externalTrafficPolicy: 'Cluster' }),
    ipFamilies: ['IPv4'],
    ipFamilyPolicy: 'SingleStack',
    internalTrafficPolicy: 'Cluster',
  };
  const applied = { apiVersion: 'v1', kind: 'Service', metadata: { labels: labelsOf(i), name, namespace } };
  return {
    kind: 'Service',
    apiVersion: 'v1',
    metadata: {
      name,
      namespace,
      uid: uid(`service ${i}`),
      resourceVersion,
      creationTimestamp: CREATED,
      labels: labelsOf(i),
      annotations: {
        'kubectl.kubernetes.io/last-applied-configuration': `${JSON.stringify({ ...applied, spec: { ports: [port] } })}\n`,
      },
      managedFields: [
        managed('helm', 'v1', {
          'f:metadata': {
            'f:labels': fields('.', ...Object.keys(labelsOf(i)).map(key => `f:${key}`)),
            'f:annotations': fields('.', 'f:kubectl.kubernetes.io/last-applied-configuration'),
          },
          'f:spec': {
            ...fields('f:internalTrafficPolicy', 'f:selector', 'f:sessionAffinity', 'f:type'),
            'f:ports': { '.': {}, 'k:{"port":80,"protocol":"TCP"}': fields('.', 'f:name', 'f:port', 'f:targetPort') },
          },
        }),
      ],
    },
    spec,
    status: { loadBalancer: {} },
  };
}

/** The slice of Service i. */
export function sliceObject(i: number, addresses: readonly string[], round: number, resourceVersion: string): Json {
  const [namespace, name] = [namespaceOf(i), nameOf(i)];
  return {
    kind: 'EndpointSlice',
    apiVersion: 'discovery.k8s.io/v1',
    metadata: {
      name: `${name}-x7k2p`,
      generateName: `${name}-`,
      namespace,
      uid: uid(`slice ${i}`),
      resourceVersion,
      generation: round + 1,
      creationTimestamp: CREATED,
      labels: {
        ...labelsOf(i),
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        'kubernetes.io/service-name': name,
      },
      // The controller stamps what triggered a change; the first state of a cluster is older than the proxy.
      annotations: { 'endpoints.kubernetes.io/last-change-trigger-time': CREATED },
      ownerReferences: [
        {
          apiVersion: 'v1',
          kind: 'Service',
          name,
          uid: uid(`service ${i}`),
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
      managedFields: [
        managed('kube-controller-manager', 'discovery.k8s.io/v1', {
          ...fields('f:addressType', 'f:endpoints', 'f:ports'),
          'f:metadata': {
            'f:annotations': fields('.', 'f:endpoints.kubernetes.io/last-change-trigger-time'),
            'f:generateName': {},
            'f:labels': fields('.', 'f:endpointslice.kubernetes.io/managed-by', 'f:kubernetes.io/service-name'),
            'f:ownerReferences': fields('.', `k:{"uid":"${uid(`service ${i}`)}"}`),
          },
        }),
      ],
    },
    addressType: 'IPv4',
    endpoints: addresses.map((address, k) => endpoint(i, k, address, namespace, name)),
    ports: [{ name: 'http', protocol: 'TCP', port: TARGET_PORT }],
  };
}

const endpoint = (i: number, k: number, address: string, namespace: string, name: string): Json => ({
  addresses: [address],
  conditions: { ready: true, serving: true, terminating: false },
  nodeName: `node-${String((i + k) % NODES).padStart(4, '0')}`,
  targetRef: { kind: 'Pod', namespace, name: `${name}-6d4cf56db6-${(i * 100 + k).toString(36)}`, uid: uid(address) },
  zone: `zone-${'abc'[k % 3]}`,
});

/** The node that the proxy runs on. */
export const nodeObject = (resourceVersion: string): Json => ({
  kind: 'Node',
  apiVersion: 'v1',
  metadata: {
    name: NODE_NAME,
    uid: uid(NODE_NAME),
    resourceVersion,
    creationTimestamp: CREATED,
    labels: { 'kubernetes.io/hostname': NODE_NAME, 'topology.kubernetes.io/zone': 'zone-a' },
  },
  spec: { podCIDR: '10.128.0.0/24', podCIDRs: ['10.128.0.0/24'] },
  status: {
    addresses: [
      { type: 'InternalIP', address: NODE_ADDRESS },
      { type: 'Hostname', address: NODE_NAME },
    ],
  },
});

export const serviceCIDRObject = (resourceVersion: string): Json => ({
  kind: 'ServiceCIDR',
  apiVersion: 'networking.k8s.io/v1',
  metadata: { name: 'kubernetes', uid: uid('kubernetes'), resourceVersion, creationTimestamp: CREATED },
  spec: { cidrs: [SERVICE_CIDR] },
  status: { conditions: [{ type: 'Ready', status: 'True' }] },
});
